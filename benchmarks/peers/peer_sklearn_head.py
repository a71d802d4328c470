"""scikit-learn's logistic regression as a head on features, to hold Graft's linear head against.

usage: peer_sklearn_head.py THREADS

Draws 20,000 x 384 features of 150 classes around centres, standardises them, and prints the seconds of
a fit with the penalty that Graft's default gives this size, and the accuracy on 5,000 more.
"""

import sys
import time

import protocol

_, threads = sys.argv
protocol.limit_threads(threads)
np = protocol.require("numpy")
sklearn = protocol.require("sklearn")
from sklearn.linear_model import LogisticRegression

ROWS, TEST, WIDTH, CLASSES = 20_000, 5_000, 384, 150
PENALTY = 0.02 * WIDTH / ROWS

random = np.random.default_rng(0)
centres = 0.18 * random.standard_normal((CLASSES, WIDTH))
labels = np.arange(ROWS + TEST) % CLASSES
x = (centres[labels] + random.standard_normal((ROWS + TEST, WIDTH))).astype(np.float32)
x = (x - x[:ROWS].mean(0)) / x[:ROWS].std(0)

best = None
for _ in range(3):
    head = LogisticRegression(C=1 / (PENALTY * ROWS), max_iter=300)
    start = time.perf_counter()
    head.fit(x[:ROWS], labels[:ROWS])
    seconds = time.perf_counter() - start
    best = seconds if best is None else min(best, seconds)
accuracy = (head.predict(x[ROWS:]) == labels[ROWS:]).mean()
protocol.answer({
    "versions": {"scikit-learn": sklearn.__version__, "numpy": np.__version__},
    "seconds": best,
    "accuracy": accuracy,
})
