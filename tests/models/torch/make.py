# SPDX-License-Identifier: MIT
# Writes net.txt: a network of our own as print(model) shows it, with PyTorch 1.13 of Debian 12. Prints its parameters.
import torch.nn as nn

class Unit(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, padding=1, groups=2, bias=False)
        self.norm = nn.GroupNorm(2, width)
        self.act = nn.ReLU()

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, stride=2, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2))
        self.units = nn.ModuleList([Unit(8), Unit(8)])
        self.up = nn.ConvTranspose2d(8, 4, 2, stride=2)
        self.words = nn.Embedding(100, 16)
        self.encoder = nn.TransformerEncoderLayer(16, 4, 32)
        self.attention = nn.MultiheadAttention(16, 2, bias=False)
        self.lstm = nn.LSTM(16, 20, num_layers=2, bidirectional=True, proj_size=5)
        self.gru = nn.GRUCell(10, 12, bias=False)
        self.pair = nn.Bilinear(12, 7, 6)
        self.norm = nn.LayerNorm((4, 6))
        self.none = None
        self.head = nn.Linear(6, 10)

net = Net()
open("net.txt", "w").write(repr(net) + "\n")
print(sum(p.numel() for p in net.parameters()))
