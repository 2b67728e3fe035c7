import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import JSON5 from 'json5';
import { describe, expect, it } from 'vitest';
import { errorTable } from '../framework/common/src/errors.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = [
  ...[
    'README.md',
    'README.zh-CN.md',
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
    'CHANGELOG.md',
    'SECURITY.md',
  ].map((name) => join(root, name)),
  ...['guides', 'zh', 'reference', 'adr'].flatMap((folder) =>
    readdirSync(join(root, 'docs', folder)).map((name) => join(root, 'docs', folder, name)),
  ),
];

interface Block {
  readonly page: string;
  readonly language: string;
  readonly code: string;
}

const blocks: Block[] = pages.flatMap((page) =>
  [...readFileSync(page, 'utf8').matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map((match) => ({
    page: relative(root, page),
    language: match[1]!,
    code: match[2]!,
  })),
);

/** Whether a block names itself as a file, such as `// app/contract.ts`: those of a page are one game, which `guides.test.ts` runs. */
function isFileOfGame({ code }: Block): boolean {
  return /^\/\/ \S+\.ts\n/.test(code);
}

describe('the documentation', () => {
  it('links only to what exists', () => {
    const broken = pages.flatMap((page) =>
      [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)(#[^)]*)?\)/g)]
        .filter((match) => !existsSync(resolve(dirname(page), match[1]!)))
        .map((match) => `${relative(root, page)} -> ${match[1]}`),
    );
    expect(broken).toEqual([]);
  });

  it('has a README of at most 150 lines', () => {
    expect(readFileSync(join(root, 'README.md'), 'utf8').split('\n').length).toBeLessThanOrEqual(151);
  });

  it('shows the same code in Chinese as in English, but for its comments', () => {
    const codeOf = (page: string) =>
      blocks
        .filter((block) => block.page === page && block.language === 'ts')
        .map(({ code }) => code.replace(/ *\/\/ .*$/gm, ''));
    expect(codeOf('README.zh-CN.md')).toEqual(codeOf('README.md'));
  });

  it('has guides in Chinese with as many sections as in English, and the same settings', () => {
    const shape = (page: string) => {
      const text = readFileSync(join(root, page), 'utf8');
      const settings = blocks.filter((block) => block.page === page && block.language === 'json5');
      return [text.match(/^##+ /gm)?.length, settings.map(({ code }) => code.replace(/ *\/\/ .*$/gm, ''))];
    };
    for (const name of readdirSync(join(root, 'docs', 'zh'))) {
      const folder = existsSync(join(root, 'docs/guides', name)) ? 'guides' : 'reference';
      expect([name, shape(`docs/zh/${name}`)]).toEqual([name, shape(`docs/${folder}/${name}`)]);
      expect(readFileSync(join(root, 'docs', 'zh', name), 'utf8'), name).not.toContain('您');
    }
  });

  it.each(['guides', 'zh'])('shows each picture of a screen in docs/%s/screens.md', (folder) => {
    const text = readFileSync(join(root, 'docs', folder, 'screens.md'), 'utf8');
    const shown = [...text.matchAll(/\]\(\.\.\/pictures\/([^)]+)\)/g)].map(([, name]) => name!);
    expect(shown.toSorted()).toEqual(readdirSync(join(root, 'docs/pictures')).toSorted());
  });

  it('has pictures that are small enough for a repository', () => {
    const folder = join(root, 'docs/pictures');
    const large = readdirSync(folder).filter((name) => statSync(join(folder, name)).size > 200_000);
    expect(large).toEqual([]);
  });

  it('says how to install what its code imports and a new game has not', () => {
    const template = readFileSync(join(root, 'framework/cli/dist/templates/chat-ts.json'), 'utf8');
    const { dependencies, devDependencies } = JSON.parse(
      (JSON.parse(template) as Record<string, string>)['package.json']!,
    ) as Record<'dependencies' | 'devDependencies', object>;
    const known = Object.keys({ ...dependencies, ...devDependencies });
    const missing = blocks
      .filter(({ language, page }) => language === 'ts' && page.startsWith('docs/guides/'))
      .flatMap(({ code, page }) =>
        [...code.matchAll(/from '(@pomelo-ts\/[a-z]+)/g)]
          .map(([, name]) => name!)
          .filter((name) => !known.includes(name))
          .filter((name) => !new RegExp(`npm install .*${name}`).test(readFileSync(join(root, page), 'utf8')))
          .map((name) => `${page}: ${name}`),
      );
    expect(missing).toEqual([]);
  });

  it('shows TypeScript that compiles', { timeout: 30_000 }, () => {
    const folder = mkdtempSync(join(root, 'test', 'docs-'));
    try {
      const code = blocks.filter((block) => block.language === 'ts' && !isFileOfGame(block));
      expect(code.length).toBeGreaterThan(2);
      code.forEach((block, i) => {
        writeFileSync(join(folder, `block-${i}.ts`), `// ${block.page}\n${block.code}\nexport {};\n`);
      });
      const config = { extends: '../../tsconfig.test.json', include: ['.'] };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
      const { status, stdout } = spawnSync(join(root, 'node_modules', '.bin', 'tsc'), ['-p', folder], {
        cwd: root,
        encoding: 'utf8',
      });
      expect([status, stdout]).toEqual([0, '']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('names every port of the store to whoever closes ports, and who may reach it', () => {
    const read = (page: string) => readFileSync(join(root, page), 'utf8');
    const table = read('docs/guides/many-hosts.md');
    expect(table).toMatch(/^\| hosts of masters \| members of etcd, .* \| 2379 \|$/m);
    expect(table).toMatch(/^\| members of etcd \| each other \| 2380 \|$/m);
    expect(read('SECURITY.md')).toMatch(/hosts of masters \(2379\) and its own members \(2380\)/);
    const sections = [
      ['docs/guides/security.md', 'Close the ports'],
      ['docs/zh/security.md', '关闭端口'],
    ] as const;
    for (const [page, title] of sections) {
      const section = read(page)
        .split(/^## /m)
        .find((text) => text.startsWith(title));
      expect(section, page).toMatch(/many-hosts\.md#what-has-to-be-there[\s\S]*2379[\s\S]*2380/);
    }
  });

  it('shows JSON5 that parses', () => {
    for (const { language, code } of blocks)
      if (language === 'json5') expect(() => JSON5.parse(code)).not.toThrow();
  });

  it('shows commands that exist', () => {
    const scriptsOf = (manifest: string) =>
      Object.keys((JSON.parse(manifest) as { scripts: object }).scripts);
    const template = readFileSync(join(root, 'framework/cli/dist/templates/chat-ts.json'), 'utf8');
    const scripts = [
      ...scriptsOf(readFileSync(join(root, 'package.json'), 'utf8')),
      // Of a new game, which guides are about.
      ...scriptsOf((JSON.parse(template) as Record<string, string>)['package.json']!),
    ];
    const cli = readFileSync(join(root, 'docs', 'reference', 'cli.md'), 'utf8');
    for (const { language, code, page } of blocks) {
      if (language !== 'sh') continue;
      for (const [, script] of code.matchAll(/\bnpm (?:run )?(start|test|[a-z]+)\b/g))
        expect([...scripts, 'install', 'uninstall', 'create'], page).toContain(script);
      for (const [, command] of code.matchAll(/\bpomelo-ts(?:\.mjs)? ([a-z]+)/g))
        expect(cli, page).toContain(`pomelo-ts ${command}`);
    }
  });
});

describe('docs/reference/errors.md', () => {
  const text = readFileSync(join(root, 'docs', 'reference', 'errors.md'), 'utf8');
  const rows = new Map(
    [...text.matchAll(/^\| `([A-Z_]+)` \| (\d+) \| (yes|no) \| (.+?) \| (.+) \|$/gm)].map((row) => [
      row[1]!,
      row,
    ]),
  );

  it('has every code of the table, as the table has it, and no other', () => {
    expect([...rows.keys()].sort()).toEqual(Object.keys(errorTable).sort());
    for (const [code, { message, status, retryable }] of Object.entries(errorTable)) {
      const row = rows.get(code)!;
      expect([code, Number(row[2]), row[3], row[4]]).toEqual([
        code,
        status,
        retryable ? 'yes' : 'no',
        message.replaceAll('\n', ' '),
      ]);
    }
  });

  it('describes errors that are raised somewhere', () => {
    const sources = readdirSync(join(root, 'framework'), { withFileTypes: true })
      .flatMap(({ name }) =>
        readdirSync(join(root, 'framework', name, 'src'), { recursive: true, encoding: 'utf8' }).map((file) =>
          join(root, 'framework', name, 'src', file),
        ),
      )
      .filter((file) => file.endsWith('.ts') && !file.endsWith('errors/table.ts'))
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    const unused = Object.keys(errorTable).filter((code) => !sources.includes(`'${code}'`));
    expect(unused).toEqual([]);
  });
});
