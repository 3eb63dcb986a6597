/**
 * A very small description of parameters: one list gives the TypeScript types, the check at the
 * socket, and the page docs/rpc.md.
 */
export interface Field<T> {
  readonly label: string;
  readonly optional: boolean;
  /** Says what is wrong with a value, or null where it fits. */
  readonly wrong: (value: unknown) => string | null;
  /** Type only; never there at run time. */
  readonly as?: T;
}

function field<T>(label: string, wrong: (value: unknown) => string | null): Field<T> {
  return { label, optional: false, wrong };
}

export function text(maxChars: number): Field<string> {
  return field("text", (value) => {
    if (typeof value !== "string") return "is not a text";
    return value.length > maxChars ? `is longer than ${maxChars} characters` : null;
  });
}

export function hex(bytes: number): Field<string> {
  return field(`hex of ${bytes} bytes`, (value) =>
    typeof value === "string" && value.length === bytes * 2 && /^[0-9a-f]*$/.test(value)
      ? null
      : `is not ${bytes * 2} hex digits`,
  );
}

export function count(max: number): Field<number> {
  return field(`whole number, at most ${max}`, (value) =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= max
      ? null
      : `is not a whole number from 0 to ${max}`,
  );
}

export function flag(): Field<boolean> {
  return field("true or false", (value) => (typeof value === "boolean" ? null : "is neither true nor false"));
}

export function oneOf<const T extends string>(...choices: T[]): Field<T> {
  return field(choices.map((choice) => `\`${choice}\``).join(" or "), (value) =>
    choices.includes(value as T) ? null : `is none of ${choices.join(", ")}`,
  );
}

export function texts(maxItems: number, maxChars: number): Field<string[]> {
  return field("list of texts", (value) =>
    Array.isArray(value) &&
    value.length <= maxItems &&
    value.every((item) => typeof item === "string" && item.length <= maxChars)
      ? null
      : `is not a list of at most ${maxItems} texts`,
  );
}

export function optional<T>(inner: Field<T>): Field<T> & { readonly optional: true } {
  return { ...inner, optional: true };
}

export type Fields = Readonly<Record<string, Field<unknown>>>;
type OptionalNames<F extends Fields> = { [N in keyof F]: F[N] extends { optional: true } ? N : never }[keyof F];
type ValueOf<T> = T extends Field<infer V> ? V : never;
export type ValuesOf<F extends Fields> = { [N in Exclude<keyof F, OptionalNames<F>>]: ValueOf<F[N]> } & {
  [N in OptionalNames<F>]?: ValueOf<F[N]> | undefined;
};

export interface Method<F extends Fields, R> {
  readonly summary: string;
  readonly params: F;
  /** Name of the result's shape, for the page. */
  readonly gives: string;
  readonly result?: R;
}

/** `R` is written, `F` is inferred: `method<RoomInfo>()("summary", { … }, "room")`. */
export function method<R>() {
  return <const F extends Fields>(summary: string, params: F, gives: string): Method<F, R> => ({
    summary,
    params,
    gives,
  });
}

/** First fault of these parameters, as words; null where they fit. Unknown names are ignored. */
export function faultIn(fields: Fields, values: unknown): string | null {
  if (typeof values !== "object" || values === null || Array.isArray(values)) return "parameters are not an object";
  for (const [name, expected] of Object.entries(fields)) {
    const value = Object.hasOwn(values, name) ? (values as Record<string, unknown>)[name] : undefined;
    if (value === undefined || value === null) {
      if (!expected.optional) return `${name} is missing`;
      continue;
    }
    const wrong = expected.wrong(value);
    if (wrong) return `${name} ${wrong}`;
  }
  return null;
}
