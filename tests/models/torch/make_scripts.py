# SPDX-License-Identifier: MIT
# Writes traced.pt and scripted.pt: networks of our own as torch.jit saves them, with PyTorch 1.13 of Debian 12. Prints
# parameters, MACs of one sample (of 32x32, or 6 words) and the shapes of what comes out.
import math
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils._python_dispatch import TorchDispatchMode

class Block(nn.Module):
    def __init__(self, width, out, stride):
        super().__init__()
        self.conv = nn.Conv2d(width, out, 3, stride=stride, padding=1, groups=2, bias=False)
        self.norm = nn.BatchNorm2d(out)
        self.act = nn.ReLU(inplace=True)
        self.down = nn.Sequential(nn.Conv2d(width, out, 1, stride=stride), nn.GroupNorm(2, out)) if stride > 1 else None

    def forward(self, x):
        way = x if self.down is None else self.down(x)
        return self.act(self.norm(self.conv(x)) + way)

class Traced(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 7, stride=2, padding=3)
        self.layer1 = nn.Sequential(Block(8, 8, 1), Block(8, 8, 1))
        self.layer2 = nn.Sequential(Block(8, 12, 2))
        self.up = nn.ConvTranspose2d(12, 4, 2, stride=2)
        self.scale = nn.Parameter(torch.ones(12, 1, 1))
        self.temperature = nn.Parameter(torch.tensor(2.0))
        self.gate = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(12, 12, 1), nn.Sigmoid())
        self.head = nn.Linear(12, 10)
        self.again = nn.Linear(10, 12)
        self.again.weight = nn.Parameter(self.head.weight.t().detach())
        self.idle = nn.Linear(5, 5)

    def forward(self, x):
        x = F.max_pool2d(self.stem(x), 3, 2, 1)
        x = self.layer1(x)
        a, b = x.chunk(2, 1)
        y = torch.cat([b, a, self.up(self.layer2(x))], 1)
        y = y * self.gate(y) * self.scale
        b, c, h, w = y.shape
        y = y.view(b, 2, c // 2, h, w).transpose(1, 2).reshape(b, c, h, w)
        y = F.interpolate(y, scale_factor=2.0, mode="nearest")
        out = self.head(F.pad(y, (1, 1)).mean((2, 3))) / self.temperature
        return out, self.again(F.gelu(out))[:, 1:]

class Words(nn.Module):
    def __init__(self, rounds: int):
        super().__init__()
        self.words = nn.Embedding(20, 8)
        self.rnn = nn.LSTM(8, 6, num_layers=2, bidirectional=True, batch_first=True)
        self.cells = nn.ModuleList([nn.Linear(12, 12) for _ in range(rounds)])
        self.norm = nn.LayerNorm(12)
        self.heads = 3
        self.qkv = nn.Linear(12, 36, bias=False)

    def forward(self, tokens: torch.Tensor):
        x, _ = self.rnn(self.words(tokens))
        for cell in self.cells:
            x = x + torch.tanh(cell(self.norm(x)))
        b, n, d = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        if self.training:
            q = F.dropout(q)
        scores = torch.softmax(q @ k.transpose(-2, -1) * (d // self.heads) ** -0.5, -1)
        x = (scores @ v).transpose(1, 2).flatten(2)
        return x.max(dim=1)[0]

class Counter(TorchDispatchMode):
    macs = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        name = function.overloadpacket.__name__
        if name == "convolution":
            Counter.macs += math.prod(args[1].shape[1:]) * (args[0] if args[6] else result).numel()
        elif name in ("mm", "bmm"):
            Counter.macs += args[0].numel() * args[1].shape[-1]
        elif name == "addmm":
            Counter.macs += args[1].numel() * args[2].shape[-1]
        return result

def write(path, net, example, script):
    net.eval()
    (torch.jit.script(net) if script else torch.jit.trace(net, example)).save(path)
    Counter.macs = 0
    with Counter():
        out = net(example)
    out = out if isinstance(out, tuple) else (out,)
    print(path, sum(p.numel() for p in net.parameters()), Counter.macs, *[tuple(o.shape) for o in out])

torch.manual_seed(1)
write("traced.pt", Traced(), torch.rand(1, 3, 32, 32), False)
write("scripted.pt", Words(2), torch.zeros(1, 6, dtype=torch.long), True)
