#!/usr/bin/env python3
"""Puts an object together of what a bucket holds, with nothing but Python.

    python3 read-recipe.py DIRECTORY OID > object

DIRECTORY is a copy of what is below the store's prefix. docs/s3-layout.md says what is in it, and
docs/dump-format.md how members are made of texts: this is what those two pages say, for whoever has to do without
lfs-agent. It is slow (some hundred kilobytes a second where there are texts), and right: a test compares it.
"""

import functools
import gzip
import hashlib
import itertools
import os
import struct
import sys
import zlib


def main(directory, oid):
    whole = os.path.join(directory, oid[:2], oid[2:4], oid)
    if os.path.exists(whole):
        return read(whole)
    with open(os.path.join(directory, "recipes", oid), "rb") as file:
        recipe = file.read()
    lines = [line.split() for line in recipe.decode("ascii").splitlines()]
    if lines[0] not in (["lfs-agent", "recipe", "1"], ["lfs-agent", "recipe", "2"]):
        sys.exit("it is of another version: " + " ".join(lines[0]))
    sources, chunks, parts, texts = [], [], [], []
    for word, *rest in lines[1:]:
        if word == "source":
            kind, name = rest[0], rest[1]
            place = os.path.join(name[:2], name[2:4], name) if kind == "object" else os.path.join("packs", name)
            sources.append(os.path.join(directory, place))
        elif word in ("chunk", "members"):
            chunks.append((word, rest))
        elif word == "part":
            parts.append(rest)
        elif word == "text":
            texts.append(rest)

    def piece(length, source, offset, sha256):
        with open(sources[int(source)], "rb") as file:
            file.seek(int(offset))
            bytes = file.read(int(length))
        if hashlib.sha256(bytes).hexdigest() != sha256:
            sys.exit("a piece is damaged in " + sources[int(source)])
        return bytes

    @functools.lru_cache(maxsize=64)
    def text(index):
        kind, *rest = texts[index]
        if kind == "plain":
            return gzip.decompress(piece(*parts[int(rest[0])]))
        size, part, offset, length, *bases = map(int, rest)
        old = b"".join(text(base) for base in bases)
        new = changed(old, piece(*parts[part])[offset : offset + length])
        if len(new) != size:
            sys.exit("a difference is damaged")
        return new

    made = []
    for word, rest in chunks:
        if word == "chunk":
            made.append(piece(*rest))
        else:
            whole, at = text(int(rest[1])), 0
            for size in map(int, rest[3:]):
                made.append(member(whole[at : at + size]))
                at += size
    return b"".join(made)


def read(path):
    with open(path, "rb") as file:
        return file.read()


# Differences: docs/s3-layout.md


def changed(old, difference):
    difference = gzip.decompress(difference)
    end = 4 + int.from_bytes(difference[:4], "little")
    steps = iter(difference[4:end])
    fresh, new, ahead = end, bytearray(), 0

    def number(byte):
        value, shift = byte & 127, 7
        while byte >= 128:
            byte = next(steps)
            value, shift = value | (byte & 127) << shift, shift + 7
        return value

    for first in steps:
        literal, copied, jump = number(first), number(next(steps)), number(next(steps))
        ahead += (jump >> 1) ^ -(jump & 1)
        new += difference[fresh : fresh + literal]
        fresh += literal
        new += old[len(new) + ahead : len(new) + ahead + copied]
    return bytes(new)


# The encoder: docs/dump-format.md


def member(text):
    bits = Bits()
    if len(text) <= 51:
        stored(bits, text, True)
    else:
        for start, end, symbols in blocks(text):
            block(bits, text[start:end], symbols, end == len(text))
    bits.align()
    header = bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 4, 255])
    return header + bytes(bits.bytes) + struct.pack("<II", zlib.crc32(text), len(text) % 2**32)


class Bits:
    def __init__(self):
        self.bytes, self.value, self.count = bytearray(), 0, 0

    def put(self, value, count):
        self.value |= value << self.count
        self.count += count
        while self.count >= 8:
            self.bytes.append(self.value & 255)
            self.value >>= 8
            self.count -= 8

    def align(self):
        if self.count:
            self.put(0, 8 - self.count)


def blocks(text):
    """Beginning, end, and what is between: a byte, or a length and a distance."""
    table, at, code = {}, 0, 0

    def hashed(place):
        return (int.from_bytes(text[place : place + 4], "little") * 0x1E35A7BD % 2**32) >> 17

    def length(place, longest):
        count = 0
        while count < longest and text[place + count] == text[at + count]:
            count += 1
        return count if count >= 4 else 0

    while at < len(text):
        start, symbols, matches = at, [], 0
        end = len(text) if len(text) - at < 65535 + 5000 else at + 65535
        while at < end and matches < 8192:
            longest = min(len(text) - at, 258)
            if longest < 5:
                symbols += text[at:]
                at = len(text)
                break
            first, second = table.get(code, (None, None))
            near = [place is not None and at - place < 32768 for place in (first, second)]
            table[code] = (at, first if near[0] else second)
            code = hashed(at + 1)
            best = length(first, longest) if near[0] else 0
            distance = at - first if best else 0
            if near[0] and near[1] and best < min(32, longest):
                more = length(second, longest)
                if more > best:
                    best, distance = more, at - second
            if not best:
                symbols.append(text[at])
                at += 1
                continue
            symbols.append((best, distance))
            matches += 1
            if best - 1 + 5 <= len(text) - at - 1:
                for place in range(at + 1, at + best):
                    table[code] = (place, table.get(code, (None, None))[0])
                    code = hashed(place + 1)
            at += best
        yield start, at, symbols


LENGTHS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258]
LENGTH_BITS = [0] * 8 + [1] * 4 + [2] * 4 + [3] * 4 + [4] * 4 + [5] * 4 + [0]
DISTANCE_BITS = [0, 0] + [bits // 2 for bits in range(28)]
DISTANCES = [1 + sum(2**bits for bits in DISTANCE_BITS[:symbol]) for symbol in range(30)]
ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]


def last_not_above(values, value):
    return max(index for index, least in enumerate(values) if least <= value)


@functools.lru_cache(maxsize=None)
def match_symbols(length, distance):
    one, other = last_not_above(LENGTHS, length), last_not_above(DISTANCES, distance)
    return one, length - LENGTHS[one], other, distance - DISTANCES[other]


def block(bits, text, symbols, final):
    literals, distances = [0] * 288, [0] * 32
    literals[256] = 1
    for symbol in symbols:
        if isinstance(symbol, int):
            literals[symbol] += 1
        else:
            length, _, distance, _ = match_symbols(*symbol)
            literals[257 + length] += 1
            distances[distance] += 1
    own = lengths(literals, 14), lengths(distances, 15)
    fixed = [8] * 144 + [9] * 112 + [7] * 24 + [8] * 8, [5] * 32

    def cost(codes):
        extra = [0] * 257 + LENGTH_BITS + [0, 0]
        total = sum(n * (length + more) for n, length, more in zip(literals, codes[0], extra))
        return total + sum(n * (length + more) for n, length, more in zip(distances, codes[1], DISTANCE_BITS + [0, 0]))

    description = describe(*own)
    costs = [
        3 + (-(bits.count + 3)) % 8 + 32 + 40 * (-(-len(text) // 65535) - 1) + 8 * len(text),
        3 + cost(fixed),
        3 + sum(count for _, count in description) + cost(own),
    ]
    if costs[0] == min(costs):
        return stored(bits, text, final)
    form = costs.index(min(costs))
    bits.put(final, 1)
    bits.put(form, 2)
    if form == 2:
        for value, count in description:
            bits.put(value, count)
    used = fixed if form == 1 else own
    codes = canonical(used[0]), canonical(used[1])
    for symbol in symbols:
        if isinstance(symbol, int):
            bits.put(codes[0][symbol], used[0][symbol])
        else:
            length, more, distance, further = match_symbols(*symbol)
            bits.put(codes[0][257 + length], used[0][257 + length])
            bits.put(more, LENGTH_BITS[length])
            bits.put(codes[1][distance], used[1][distance])
            bits.put(further, DISTANCE_BITS[distance])
    bits.put(codes[0][256], used[0][256])


def stored(bits, text, final):
    pieces = [text[at : at + 65535] for at in range(0, len(text), 65535)] or [b""]
    for index, piece in enumerate(pieces):
        bits.put(final and index == len(pieces) - 1, 1)
        bits.put(0, 2)
        bits.align()
        bits.bytes += struct.pack("<HH", len(piece), 65535 - len(piece)) + piece


def lengths(frequencies, longest):
    found = [0] * len(frequencies)
    leaves = sorted((n, symbol) for symbol, n in enumerate(frequencies) if n)
    if len(leaves) < 2:
        found[0] = found[max(leaves[0][1] if leaves else 0, 1)] = 1
        return found
    joined, parents, leaf, node = [], [None] * (len(leaves) - 1), 0, 0
    for made in range(len(leaves) - 1):
        if leaf + 1 < len(leaves) and (node == made or leaves[leaf + 1][0] <= joined[node]):
            joined.append(leaves[leaf][0] + leaves[leaf + 1][0])
            leaf += 2
        elif node + 2 <= made and (leaf == len(leaves) or joined[node + 1] < leaves[leaf][0]):
            joined.append(joined[node] + joined[node + 1])
            parents[node] = parents[node + 1] = made
            node += 2
        else:
            joined.append(leaves[leaf][0] + joined[node])
            parents[node] = made
            leaf += 1
            node += 1
    counts, depths = [0, 2] + [0] * longest, [0] * len(joined)
    for made in reversed(range(len(joined) - 1)):
        depth = depths[made] = depths[parents[made]] + 1
        if depth >= longest:
            depth = max(shorter for shorter in range(longest) if counts[shorter])
        counts[depth] -= 1
        counts[depth + 1] += 2
    by_length = itertools.chain.from_iterable([length] * counts[length] for length in range(longest, 0, -1))
    for (_, symbol), length in zip(leaves, by_length):
        found[symbol] = length
    return found


def canonical(lengths):
    codes, code = [0] * len(lengths), 0
    for length in range(1, 16):
        for symbol, own in enumerate(lengths):
            if own == length:
                codes[symbol] = int(format(code, "0%db" % length)[::-1], 2)
                code += 1
        code <<= 1
    return codes


def describe(literals, distances):
    """The codes, as values and how many bits each has."""

    def used(lengths, least):
        return max([least] + [symbol + 1 for symbol, length in enumerate(lengths) if length])

    one, other = used(literals, 257), used(distances, 1)
    items = []
    for length, run in itertools.groupby(literals[:one] + distances[:other]):
        left = len(list(run))
        if length == 0:
            while left >= 11:
                now = min(left, 138)
                items.append((18, now - 11, 7))
                left -= now
            if left >= 3:
                now = min(left, 10)
                items.append((17, now - 3, 3))
                left -= now
        elif left >= 4:
            items.append((length, 0, 0))
            left -= 1
            while left >= 3:
                now = min(left, 6)
                items.append((16, now - 3, 2))
                left -= now
        items += [(length, 0, 0)] * left
    counts = [0] * 19
    for symbol, _, _ in items:
        counts[symbol] += 1
    own = lengths(counts, 7)
    codes = canonical(own)
    explicit = max([4] + [place + 1 for place, symbol in enumerate(ORDER) if own[symbol]])
    written = [(one - 257, 5), (other - 1, 5), (explicit - 4, 4)]
    written += [(own[symbol], 3) for symbol in ORDER[:explicit]]
    for symbol, more, extra in items:
        written += [(codes[symbol], own[symbol]), (more, extra)]
    return written


if __name__ == "__main__":
    made = main(*sys.argv[1:])
    if hashlib.sha256(made).hexdigest() != sys.argv[2]:
        sys.exit("what was made isn't the object")
    sys.stdout.buffer.write(made)
