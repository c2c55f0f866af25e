"""PyTorch's side of the benchmark: for each line "epoch" on stdin, trains one epoch and prints its seconds.

usage: pytorch.py MODEL THREADS SAMPLES [compiled]. The models, data and batches are those of jobs.ts. After the
seconds comes the process' largest resident memory in bytes.
"""
import resource
import sys
import time

import torch
from torch import nn

name, threads, samples = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
torch.set_num_threads(threads)
torch.manual_seed(1)
batch = 128


class Sequence(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(28, 64, batch_first=True)
        self.out = nn.Linear(64, 10)

    def forward(self, x):
        return self.out(self.lstm(x)[0][:, -1])


def deep_block(inputs, filters):
    return [nn.Conv2d(inputs, filters, 3, padding=1, bias=False), nn.BatchNorm2d(filters), nn.ReLU(), nn.MaxPool2d(2)]


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(1000, 64)
        block = lambda: nn.TransformerEncoderLayer(64, 4, 256, dropout=0.0, batch_first=True)
        self.blocks = nn.Sequential(block(), block())
        self.out = nn.Linear(64, 10)

    def forward(self, x):
        return self.out(self.blocks(self.embedding(x)).mean(1))


models = {
    "mlp": ((784,), lambda: nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))),
    "cnn": (
        (1, 28, 28),
        lambda: nn.Sequential(
            nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(400, 10)
        ),
    ),
    "lstm": ((28, 28), Sequence),
    "deep-cnn": (
        (3, 32, 32),
        lambda: nn.Sequential(*deep_block(3, 32), *deep_block(32, 64), *deep_block(64, 128), nn.Flatten(), nn.Linear(2048, 10)),
    ),
    "transformer": ((64,), Transformer),
    "large-mlp": (
        (1024,),
        lambda: nn.Sequential(nn.Linear(1024, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 10)),
    ),
}
shape, make = models[name]
model = make()
x = torch.randint(0, 1000, (samples, *shape)) if name == "transformer" else torch.rand(samples, *shape)
y = torch.randint(0, 10, (samples,))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
loss_of = nn.CrossEntropyLoss()


def forward(inputs, targets):
    output = model(inputs)
    return output, loss_of(output, targets)


if sys.argv[4:] == ["compiled"]:
    forward = torch.compile(forward)


def epoch():
    order = torch.randperm(samples)
    total = torch.zeros(())
    right = torch.zeros((), dtype=torch.int64)
    for start in range(0, samples, batch):
        rows = order[start : start + batch]
        targets = y[rows]
        output, loss = forward(x[rows], targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.detach() * len(rows)
        right += (output.argmax(1) == targets).sum()
    return total.item() / samples


print("ready", torch.__version__, flush=True)
for line in sys.stdin:
    began = time.perf_counter()
    epoch()
    took = time.perf_counter() - began
    print(took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, flush=True)
