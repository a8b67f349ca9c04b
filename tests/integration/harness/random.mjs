// Reproducible random input: a test's name shows its seed N, and SEED=N repeats it.
export const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

// mulberry32
let state = seed;
const random = () => {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};

// An integer from 0 up to, but not including, bound.
export const below = (bound) => Math.floor(random() * bound);

// A random element of the list, or a text of that many random characters from it.
export const oneOf = (list) => list[below(list.length)];
export const pick = (characters, length) => Array.from({ length }, () => oneOf(characters)).join("");
