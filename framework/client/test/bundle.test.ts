import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

it('is under 12 kB for a browser, with neither ws nor anything of Node or of the robots', async ({
  annotate,
}) => {
  const { outputFiles, metafile } = await build({
    entryPoints: [`${root}/framework/client/src/browser.ts`],
    alias: { '@pomelo-ts/protocol': `${root}/framework/protocol/src/index.ts` },
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  const code = outputFiles[0]?.contents ?? new Uint8Array();
  const inputs = Object.keys(metafile.inputs);
  expect(inputs.filter((path) => /node_modules|node-socket|robot/.test(path))).toEqual([]);
  expect(Object.values(metafile.outputs).flatMap(({ imports }) => imports)).toEqual([]);
  const bytes = gzipSync(code).length;
  await annotate(`browser bundle: ${code.length} bytes minified, ${bytes} bytes gzipped`);
  expect(bytes).toBeLessThan(12_000);
});
