// The same jobs for everybody.

// As JSON it has 200 bytes.
export const payload = { x: "x".repeat(192) };

// Numbers of the command line.
export function numbers(from) {
  return process.argv.slice(from).map((text) => {
    const number = Number(text);
    if (!Number.isInteger(number) || number < 1) throw new Error(`not a number: ${text}`);
    return number;
  });
}

// In parts of at most `most`: `add` gets the size of each.
export async function inParts(count, most, add) {
  for (let left = count; left > 0; left -= most) await add(Math.min(left, most));
}

// Long enough that whoever has just finished a job waits for the next.
export function idle() {
  return new Promise((resolve) => setTimeout(resolve, 30));
}
