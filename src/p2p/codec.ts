/** Small codecs for what this program alone writes and reads, on disk and on its own channel. */
import c, { type Codec, type State } from "compact-encoding";

/** Fields one after another, in the order they are written here. */
export function struct<T extends object>(parts: { readonly [N in keyof T]: Codec<T[N]> }): Codec<T> {
  const names = Object.keys(parts) as (keyof T)[];
  return {
    preencode: (state: State, value: T) => {
      for (const name of names) parts[name].preencode(state, value[name]);
    },
    encode: (state: State, value: T) => {
      for (const name of names) parts[name].encode(state, value[name]);
    },
    decode: (state: State) => {
      const value = {} as T;
      for (const name of names) value[name] = parts[name].decode(state);
      return value;
    },
  };
}

/** A list whose count is bounded before anything is made of it. */
export function list<T>(codec: Codec<T>, max: number): Codec<T[]> {
  return {
    preencode: (state, items) => {
      c.uint.preencode(state, items.length);
      for (const item of items) codec.preencode(state, item);
    },
    encode: (state, items) => {
      c.uint.encode(state, items.length);
      for (const item of items) codec.encode(state, item);
    },
    decode: (state) => {
      const count = c.uint.decode(state);
      if (count > max) throw new RangeError(`a list of ${count} is over ${max}`);
      const items: T[] = [];
      for (let i = 0; i < count; i++) items.push(codec.decode(state));
      return items;
    },
  };
}

/** By its place in the list; an unknown one is read as the first. */
export function choice<const T extends string>(choices: readonly T[]): Codec<T> {
  return {
    preencode: (state) => c.uint.preencode(state, 0),
    encode: (state, value) => c.uint.encode(state, choices.indexOf(value)),
    decode: (state) => choices[c.uint.decode(state)] ?? choices[0]!,
  };
}

export const bool: Codec<boolean> = {
  preencode: (state) => c.uint.preencode(state, 1),
  encode: (state, value) => c.uint.encode(state, value ? 1 : 0),
  decode: (state) => c.uint.decode(state) === 1,
};

/** A value or null. */
export function nullable<T>(codec: Codec<T>): Codec<T | null> {
  return {
    preencode: (state, value) => {
      c.uint.preencode(state, 1);
      if (value !== null) codec.preencode(state, value);
    },
    encode: (state, value) => {
      c.uint.encode(state, value === null ? 0 : 1);
      if (value !== null) codec.encode(state, value);
    },
    decode: (state) => (c.uint.decode(state) === 1 ? codec.decode(state) : null),
  };
}
