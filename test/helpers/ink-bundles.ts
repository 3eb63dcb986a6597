// Ink as it is installed, and Ink as the program has it, as modules of their own: to be held against each other.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { program } from "../../src/config.js";

const { root } = program();

/** Stock Ink is bundled with nothing but its developer tools left out. */
export const STOCK_INK: Plugin = {
  name: "stock-ink",
  setup(builder) {
    builder.onResolve({ filter: /^react-devtools-core$/ }, () => ({ path: "devtools", namespace: "empty" }));
    builder.onLoad({ filter: /.*/, namespace: "empty" }, () => ({ contents: "export default {};" }));
  },
};

export async function ourInk(): Promise<Plugin> {
  const file = pathToFileURL(join(root, "scripts/ink-replacements.mjs")).href;
  const { inkReplacements } = (await import(file)) as { inkReplacements(root: string): Plugin };
  return inkReplacements(root);
}

export async function bundle(contents: string, outfile: string, ink: Plugin): Promise<void> {
  await build({
    stdin: { contents, resolveDir: root },
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    jsx: "automatic",
    logLevel: "error",
    define: { "process.env.NODE_ENV": '"production"' },
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    plugins: [ink],
  });
}
