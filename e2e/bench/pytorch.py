"""PyTorch's side of the benchmark: for each line "epoch" on stdin, trains one epoch and prints its seconds.

usage: pytorch.py MODEL THREADS SAMPLES. The models, data and batches are those of jobs.ts.
"""
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


models = {
    "mlp": ((784,), lambda: nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))),
    "cnn": (
        (1, 28, 28),
        lambda: nn.Sequential(
            nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(400, 10)
        ),
    ),
    "lstm": ((28, 28), Sequence),
}
shape, make = models[name]
model = make()
x = torch.rand(samples, *shape)
y = torch.randint(0, 10, (samples,))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
loss_of = nn.CrossEntropyLoss()


def epoch():
    order = torch.randperm(samples)
    total = torch.zeros(())
    right = torch.zeros((), dtype=torch.int64)
    for start in range(0, samples, batch):
        rows = order[start : start + batch]
        targets = y[rows]
        output = model(x[rows])
        loss = loss_of(output, targets)
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
    print(time.perf_counter() - began, flush=True)
