// Random input that another run can have again: SEED=N, and a test's name shows N.
export const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

// mulberry32
let state = seed;
const random = () => {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};

// A whole number from 0, less than bound.
export const below = (bound) => Math.floor(random() * bound);

// One of a list, or a text of that many of its characters.
export const oneOf = (list) => list[below(list.length)];
export const pick = (characters, length) => Array.from({ length }, () => oneOf(characters)).join("");
