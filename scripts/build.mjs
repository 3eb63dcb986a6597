// Builds the program into dist/ (bundles, one entry a process) or, with --test,
// compiles src and test file by file into .build/ for the test runner.
import { chmod, readdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = resolve(fileURLToPath(import.meta.url), "../..");

async function loadEsbuild() {
  try {
    return await import("esbuild");
  } catch {
    return null;
  }
}

async function sources(folder) {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith(".d.ts"))
    .map((entry) => join(entry.parentPath, entry.name));
}

const shared = {
  absWorkingDir: root,
  format: "esm",
  platform: "node",
  target: "node22",
  jsx: "automatic",
  logLevel: "warning",
};

/** Every source file on its own, with source maps; what the tests run. */
export async function buildTests(folder = ".build") {
  const esbuild = await loadEsbuild();
  await rm(join(root, folder), { recursive: true, force: true });
  await esbuild.build({
    ...shared,
    entryPoints: [...(await sources("src")), ...(await sources("test"))],
    outdir: join(root, folder),
    outbase: root,
    sourcemap: "linked",
    sourcesContent: false,
  });
}

/**
 * Bundles for people: the screen's modules are bundled, native and peer-to-peer packages stay outside.
 * A test that needs another program gives a folder and plugins, which are asked before our own.
 */
export async function buildProgram({ folder = join(root, "dist"), plugins = [] } = {}) {
  const esbuild = await loadEsbuild();
  if (!esbuild) return false;
  const { inkReplacements } = await import(pathToFileURL(join(root, "scripts/ink-replacements.mjs")).href);
  await rm(folder, { recursive: true, force: true });
  await esbuild.build({
    ...shared,
    entryPoints: { "keet-tui": join(root, "src/cli/main.ts") },
    outdir: folder,
    bundle: true,
    splitting: true,
    minifySyntax: true,
    chunkNames: "[name]-[hash]",
    external: [
      "hyperswarm",
      "@hyperswarm/secret-stream",
      "hyperdht",
      "hypercore",
      "hypercore-storage",
      "corestore",
      "autobase",
      "hyperbee",
      "hyperdrive",
      "blind-pairing",
      "keet-identity-key",
      "protomux",
      "compact-encoding",
      "hypercore-crypto",
      "sodium-universal",
      // These find their WebAssembly beside themselves.
      "libopus-wasm",
      "@echogarden/rnnoise-wasm",
      "b4a",
      "z32",
      "ready-resource",
      "udx-native",
      "sodium-native",
      "autobase/*",
      "hypercore/*",
      "hyperdht/*",
    ],
    define: { "process.env.NODE_ENV": '"production"' },
    // Bundled CommonJS packages call require(), which an ES module does not have.
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
    plugins: [...plugins, inkReplacements(root)],
  });
  await chmod(join(root, "bin/keet-tui.js"), 0o755).catch(() => {});
  return true;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes("--test")) await buildTests();
  else if (!(await buildProgram())) {
    console.error("keet-tui: esbuild is not installed, so nothing was built. Run: npm install");
    process.exit(1);
  }
}
