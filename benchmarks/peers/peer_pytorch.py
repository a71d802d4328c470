"""PyTorch on the workloads of Graft's speed comparison, eager mode.

usage: peer_pytorch.py contiguous|channels_last|bfloat16 MODELS_DIR WORKLOAD THREADS
"""

import sys

import protocol

_, mode, _, workload, threads = sys.argv
protocol.limit_threads(threads)
torch = protocol.require("torch")
from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402

torch.set_num_threads(int(threads))
torch.manual_seed(0)

CLASSES = 10


class ConvNorm(nn.Sequential):
    def __init__(self, inputs, outputs, kernel, stride=1, groups=1, activation=None):
        layers = [
            nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
            nn.BatchNorm2d(outputs),
        ]
        super().__init__(*layers, *([activation] if activation else []))


class Residual(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.body = nn.Sequential(
            ConvNorm(inputs, outputs, 3, stride, activation=nn.ReLU(inplace=True)),
            ConvNorm(outputs, outputs, 3),
        )
        same = inputs == outputs
        self.shortcut = nn.Identity() if same else ConvNorm(inputs, outputs, 1, stride)

    def forward(self, x):
        return F.relu(self.body(x) + self.shortcut(x))


def resnet20():
    blocks, width = [ConvNorm(3, 16, 3, activation=nn.ReLU(inplace=True))], 16
    for stage in range(3):
        for block in range(3):
            out = 16 << stage
            blocks.append(Residual(width, out, 2 if stage and not block else 1))
            width = out
    return nn.Sequential(*blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten()), width


class Inverted(nn.Module):
    def __init__(self, inputs, outputs, expansion, stride):
        super().__init__()
        wide = inputs * expansion
        layers = [ConvNorm(inputs, wide, 1, activation=nn.ReLU6(True))] if expansion > 1 else []
        layers.append(ConvNorm(wide, wide, 3, stride, wide, nn.ReLU6(True)))
        layers.append(ConvNorm(wide, outputs, 1))
        self.body = nn.Sequential(*layers)
        self.skip = stride == 1 and inputs == outputs

    def forward(self, x):
        return x + self.body(x) if self.skip else self.body(x)


def mobilenetv2():
    stages = [
        (1, 8, 1, 1), (6, 8, 2, 2), (6, 16, 3, 2), (6, 24, 4, 2),
        (6, 32, 3, 1), (6, 56, 3, 2), (6, 112, 1, 1),
    ]
    blocks, width = [ConvNorm(3, 16, 3, 2, activation=nn.ReLU6(True))], 16
    for expansion, out, repeats, stride in stages:
        for i in range(repeats):
            blocks.append(Inverted(width, out, expansion, stride if i == 0 else 1))
            width = out
    blocks.append(ConvNorm(width, 1280, 1, activation=nn.ReLU6(True)))
    return nn.Sequential(*blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten()), 1280


def mlp():
    layers = [nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU()]
    return nn.Sequential(*layers), 512


class Layer(nn.Module):
    def __init__(self, size, heads):
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.output = (nn.Linear(size, size) for _ in range(4))
        self.wide, self.narrow = nn.Linear(size, 4 * size), nn.Linear(4 * size, size)
        self.norm1, self.norm2 = nn.LayerNorm(size, 1e-12), nn.LayerNorm(size, 1e-12)

    def split(self, x):
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def forward(self, x):
        q, k, v = self.split(self.query(x)), self.split(self.key(x)), self.split(self.value(x))
        a = F.scaled_dot_product_attention(q, k, v)
        x = self.norm1(x + self.output(a.transpose(1, 2).flatten(2)))
        return self.norm2(x + self.narrow(F.gelu(self.wide(x))))


class MiniLm(nn.Module):
    def __init__(self, size=384, length=32):
        super().__init__()
        self.words, self.positions = nn.Embedding(30522, size), nn.Embedding(length, size)
        self.norm = nn.LayerNorm(size, 1e-12)
        self.layers = nn.Sequential(*(Layer(size, 12) for _ in range(6)))

    def forward(self, ids):
        x = self.words(ids) + self.positions.weight
        return self.layers(self.norm(x)).mean(1)


NETWORKS = {
    "mlp": (mlp, (784,), 64),
    "resnet20": (resnet20, (3, 32, 32), 64),
    "mobilenetv2": (mobilenetv2, (3, 96, 96), 32),
    "minilm": (lambda: (MiniLm(), 384), (32,), 16),
}
build, shape, batch = NETWORKS[workload]


def network():
    body, width = build()
    head = nn.Linear(width, CLASSES)
    if mode == "channels_last":
        body = body.to(memory_format=torch.channels_last)
    return body, head


def inputs(count):
    if workload == "minilm":
        return torch.randint(0, 30522, (count, *shape))
    x = torch.randn(count, *shape)
    last = mode == "channels_last" and x.dim() == 4
    return x.to(memory_format=torch.channels_last) if last else x


def autocast():
    return torch.autocast("cpu", torch.bfloat16, enabled=mode == "bfloat16")


def training(frozen):
    body, head = network()
    labels, x = torch.arange(batch) % CLASSES, inputs(batch)
    if frozen:
        body.eval().requires_grad_(False)
    parameters = [p for m in (body, head) for p in m.parameters() if p.requires_grad]
    if workload == "minilm":
        optimizer = torch.optim.AdamW(parameters, lr=1e-4, weight_decay=0.01)
    else:
        optimizer = torch.optim.SGD(parameters, lr=0.01, momentum=0.9)

    def step():
        optimizer.zero_grad(set_to_none=True)
        with autocast():
            loss = F.cross_entropy(head(body(x)), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def inference(count):
    body, head = network()
    body.eval()
    x = inputs(count)

    def run():
        with torch.inference_mode(), autocast():
            return head(body(x)).float().numpy()

    return run


def make(measure):
    if mode == "channels_last" and len(shape) != 3:
        raise NotImplementedError("channels_last is for images")
    if measure.startswith("INFERENCE_"):
        return inference(int(measure.split("_")[1]))
    return training(measure == "FROZEN_STEP")


protocol.serve({"torch": torch.__version__}, make)
