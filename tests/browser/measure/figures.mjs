// Milliseconds in words.

export function percentiles(took) {
  const sorted = [...took].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)];
  const ms = (value) => (value < 10 ? value.toFixed(1) : value.toFixed(0));
  return `median ${ms(at(0.5))} ms, p95 ${ms(at(0.95))} ms, most ${ms(sorted.at(-1))} ms of ${took.length}`;
}
