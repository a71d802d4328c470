"""scikit-learn's logistic regression as a head on features, to hold Graft's linear head against.

usage: peer_sklearn_head.py THREADS FILE ROUNDS PENALTY TOLERANCE

FILE has the features of 25,000 examples as little-endian floats; the first 20,000 are standardised and
fitted, with the penalty that Graft gives this size and until no element of the gradient is larger than
TOLERANCE; the accuracy is that on the others. Example i is of class i modulo 150. Prints the seconds of the fastest fit, standardising included.
"""

import sys
import time

import protocol

_, threads, file, rounds, head_penalty, tolerance = sys.argv
protocol.limit_threads(threads)
np = protocol.require("numpy")
sklearn = protocol.require("sklearn")
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

ROWS, WIDTH, CLASSES = 20_000, 384, 150
penalty = float(head_penalty) * WIDTH / ROWS

x = np.fromfile(file, dtype="<f4").reshape(-1, WIDTH)
labels = np.arange(len(x)) % CLASSES

best = None
for _ in range(int(rounds)):
    start = time.perf_counter()
    scaler = StandardScaler().fit(x[:ROWS])
    # scikit-learn sums the losses, Graft takes their mean.
    head = LogisticRegression(C=1 / (penalty * ROWS), max_iter=300, tol=float(tolerance))
    head.fit(scaler.transform(x[:ROWS]), labels[:ROWS])
    seconds = time.perf_counter() - start
    best = seconds if best is None else min(best, seconds)
accuracy = (head.predict(scaler.transform(x[ROWS:])) == labels[ROWS:]).mean()
protocol.answer({
    "versions": {"scikit-learn": sklearn.__version__, "numpy": np.__version__},
    "seconds": best,
    "accuracy": accuracy,
})
