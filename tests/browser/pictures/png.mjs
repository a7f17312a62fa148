// A browser packs its pictures quickly, not tightly. The same picture, packed tightly: pages are flat, so
// rows as they are, or as the difference to the row above, shrink further than what the browser guesses.
import { crc32, deflateSync, inflateSync } from 'node:zlib';

function chunksOf(png) {
  const chunks = [];
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    chunks.push({ kind: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) });
    at += length + 12;
  }
  return chunks;
}

/** The bytes of the picture, row by row, without the filters that they were packed with. */
function rowsOf(packed, stride, pixel) {
  const rows = [];
  let above = Buffer.alloc(stride);
  for (let at = 0; at < packed.length; at += stride + 1) {
    const row = Buffer.from(packed.subarray(at + 1, at + 1 + stride));
    for (let x = 0; x < stride; x += 1) {
      const [left, up, corner] = [x < pixel ? 0 : row[x - pixel], above[x], x < pixel ? 0 : above[x - pixel]];
      const near = left + up - corner;
      const [a, b, c] = [Math.abs(near - left), Math.abs(near - up), Math.abs(near - corner)];
      const paeth = a <= b && a <= c ? left : b <= c ? up : corner;
      row[x] += [0, left, up, (left + up) >> 1, paeth][packed[at]];
    }
    rows.push(row);
    above = row;
  }
  return rows;
}

export function tight(png) {
  const chunks = chunksOf(png);
  const [header] = chunks;
  const pixel = header.data[9] === 6 ? 4 : 3;
  const stride = header.data.readUInt32BE(0) * pixel;
  const rows = rowsOf(inflateSync(Buffer.concat(chunks.filter(({ kind }) => kind === 'IDAT').map(({ data }) => data))), stride, pixel);
  const plain = rows.map((row) => Buffer.concat([Buffer.from([0]), row]));
  const differences = rows.map((row, n) => Buffer.concat([Buffer.from([2]), row.map((byte, x) => byte - (rows[n - 1]?.[x] ?? 0))]));
  const [packed] = [plain, differences].map((all) => deflateSync(Buffer.concat(all), { level: 9, memLevel: 9 })).sort((a, b) => a.length - b.length);
  const parts = [['IHDR', header.data], ['IDAT', packed], ['IEND', Buffer.alloc(0)]].map(([kind, data]) => {
    const body = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  });
  return Buffer.concat([png.subarray(0, 8), ...parts]);
}
