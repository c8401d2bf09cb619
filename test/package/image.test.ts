import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { newFolder } from '../render/support';
import { readRepository, repositoryFiles } from '../support/repository';

const root = join(__dirname, '../..');
const dockerfile = readRepository('Dockerfile').split('\n');

/** Whether a build gets a file, by the patterns of Dockerfile.dockerignore: the last that matches decides. */
function isSent(file: string): boolean {
  const patterns = readRepository('Dockerfile.dockerignore')
    .split('\n')
    .filter((line) => line && !line.startsWith('#'));
  return patterns.reduce((sent, pattern) => {
    const [, not, path] = /^(!?)(.*)$/.exec(pattern)!;
    const source = path!
      .replace(/[.]/g, '\\.')
      .replace(/\*\*\//g, '<any>')
      .replace(/\*/g, '[^/]*')
      .replace('<any>', '(.*/)?');
    return new RegExp(`^${source}(/.*)?$`).test(file) ? not === '!' : sent;
  }, true);
}

const packedBy = (folder: string) => {
  const { status, stdout, stderr } = spawnSync('npm', ['pack', '--dry-run', '--json'], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  const [{ files }] = JSON.parse(stdout) as [{ readonly files: readonly { readonly path: string }[] }];
  return files.map(({ path }) => path).sort();
};

test('a build of the image gets all that the package is made of, and nothing that is not needed', () => {
  const folder = newFolder();
  const sent = repositoryFiles.filter(isSent);
  for (const file of sent) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file));
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const files = packedBy(folder);
  const { files: listed } = JSON.parse(readRepository('package.json')) as { readonly files: readonly string[] };
  for (const name of listed)
    expect([name, files.some((file) => file.startsWith(name.replace(/\*.*/, '')))]).toEqual([name, true]);
  expect(files).toContain('.strata/packed/strata.cjs');
  expect(files).toContain('.strata/packed/data/kubernetes.json');
  expect(sent.filter((file) => /^(clusters|environments|services|test)\//.test(file))).toEqual([]);
});

test('the image starts the program of the package, as nobody in particular', () => {
  const { bin } = JSON.parse(readRepository('package.json')) as { readonly bin: { readonly strata: string } };
  const copied = dockerfile.find((line) => line.startsWith('COPY --from=build'))!;
  // Where `npm install --global --prefix /package` puts it.
  expect(copied).toBe('COPY --from=build /package/lib/node_modules/strata /strata');
  expect(dockerfile).toContain(`ENTRYPOINT ["/nodejs/bin/node", "/strata/${bin.strata}"]`);
  expect(dockerfile).toContain('USER 65532');
  for (const line of dockerfile.filter((text) => /^COPY (?!--from)/.test(text)))
    for (const path of line.split(' ').slice(1, -1)) expect([path, path === '.' || isSent(path)]).toEqual([path, true]);
});
