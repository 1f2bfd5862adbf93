/**
 * A logarithmic scale and its axis around `values`: a line at 1, 2 and 5 of each decade, and as many of them labelled
 * as have room.
 *
 * @param {readonly number[]} values above 0
 * @param {string} title
 */
export function logAxis(values, title) {
  const least = Math.min(...values) * 0.85;
  const most = Math.max(...values) * 1.18;
  const wide = most / least > 300;
  return {
    scale: {
      type: /** @type {const} */ ('log'),
      domain: [least, most],
      nice: false,
    },
    axis: {
      title,
      values: ticksBetween(least, most),
      labelExpr: wide
        ? "abs(log(datum.value) / LN10 - round(log(datum.value) / LN10)) < 1e-6 ? format(datum.value, ',~f') : ''"
        : "format(datum.value, ',~f')",
      tickSize: 4,
      // Left of the longest label, and below each other.
      titleX: -52,
    },
  };
}

/**
 * 1, 2 and 5 of each decade.
 *
 * @param {number} least above 0
 * @param {number} most
 * @returns {number[]}
 */
export function ticksBetween(least, most) {
  const first = Math.floor(Math.log10(least));
  const decades = Array.from(
    { length: Math.ceil(Math.log10(most)) - first + 1 },
    (_, i) => first + i,
  );
  return decades
    .flatMap((exponent) => [1, 2, 5].map((digit) => Number(`${digit}e${exponent}`)))
    .filter((tick) => tick >= least && tick <= most);
}
