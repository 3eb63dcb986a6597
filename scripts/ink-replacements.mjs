// esbuild plugin: what the bundle takes in place of some of Ink's own modules.
import { existsSync } from "node:fs";
import { join } from "node:path";

/**
 * Ink's output and log-update modules cost 8 to 39 ms a frame (docs/decisions/0003-ink-output.md);
 * ours cost under one. react-devtools-core is never wanted in a terminal program.
 */
export function inkReplacements(root) {
  const replace = new Map([
    ["output.js", join(root, "src/terminal/ink-output.ts")],
    ["log-update.js", join(root, "src/terminal/ink-log-update.ts")],
  ]);
  return {
    name: "ink-replacements",
    setup(build) {
      build.onResolve({ filter: /^react-devtools-core$/ }, () => ({ path: "react-devtools-core", namespace: "empty" }));
      build.onLoad({ filter: /.*/, namespace: "empty" }, () => ({ contents: "export default {};" }));
      build.onResolve({ filter: /^\.\/(output|log-update)\.js$/ }, (args) => {
        if (!args.importer.includes(join("node_modules", "ink", "build"))) return undefined;
        const path = replace.get(args.path.slice(2));
        return path && existsSync(path) ? { path } : undefined;
      });
    },
  };
}
