import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

const { removeStaleOutputs } = (await import(new URL('../bin/stale-outputs.mjs', import.meta.url).href)) as {
  removeStaleOutputs(sources: string, outputs: string, kept?: string[]): string[];
};

function folderOf(files: readonly string[]): string {
  const root = mkdtempSync(join(tmpdir(), 'pomelo-ts-build-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const file of files) {
    mkdirSync(join(root, dirname(file)), { recursive: true });
    writeFileSync(join(root, file), '');
  }
  return root;
}

const outputsOf = (stem: string) => ['.js', '.js.map', '.d.ts', '.d.ts.map'].map((end) => stem + end);

describe('the build', () => {
  it('removes what was made of a source that is gone, and the folder that is empty then', () => {
    const root = folderOf([
      'src/chat/handler/chatHandler.ts',
      ...outputsOf('dist/chat/handler/chatHandler'),
      ...outputsOf('dist/chat/handler/goneHandler'),
      ...outputsOf('dist/chat/remote/goneRemote'),
    ]);
    expect(removeStaleOutputs(join(root, 'src'), join(root, 'dist'))).toHaveLength(8);
    expect(readdirSync(join(root, 'dist/chat/handler'))).toHaveLength(4);
    expect(existsSync(join(root, 'dist/chat/remote'))).toBe(false);
  });

  it('leaves alone what no TypeScript source makes', () => {
    const root = folderOf(['src/a.ts', 'dist/.tsbuildinfo', 'dist/a.js', 'dist/web/main.js']);
    expect(removeStaleOutputs(join(root, 'src'), join(root, 'dist'), ['web'])).toEqual([]);
    expect(existsSync(join(root, 'dist/web/main.js'))).toBe(true);
    expect(removeStaleOutputs(join(root, 'src'), join(root, 'none'))).toEqual([]);
  });
});
