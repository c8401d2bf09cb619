import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TREES } from '../adopt/trees';
import { Place } from './made';

const found = spawnSync('sh', ['-c', 'command -v kustomize'], { encoding: 'utf8' }).stdout.trim();
const withKustomize = found === '' ? test.skip : test;
const place = new Place();

withKustomize(
  'an adopted tree is a project of its own: it installs, compiles, renders what Kustomize rendered, and judges it',
  () => {
    for (const [path, text] of Object.entries(TREES['components that are features'])) {
      mkdirSync(dirname(join(place.folder, 'tree', path)), { recursive: true });
      writeFileSync(join(place.folder, 'tree', path), text);
    }
    mkdirSync(join(place.folder, 'bin'));
    symlinkSync(found, join(place.folder, 'bin/kustomize'));
    const said = place.out(
      `PATH="$PWD/bin:$PATH" npm exec --yes --package ./${place.tarball} -- strata adopt tree shop`,
    );
    expect(said).toMatch(/^prod: 4 objects, no differences$/m);
    place.out('npm ci --no-audit --no-fund', 'shop');
    expect(place.out('npm test', 'shop')).toMatch(/Tests: +3 passed, 3 total/);
    expect(place.out('npm run synth', 'shop')).toContain('default/prod/00-web.yaml');
    const rendered = place.read('shop/dist/default/test/00-web.yaml');
    expect(rendered).not.toMatch(/managed-by|sync-wave|part-of/);
    expect(place.out('npx strata targets', 'shop')).toContain('prod@default');
    expect(place.run('npx strata verify', 'shop').out).toMatch(/^\d+ objects, \d+ checks: 0 will break/m);
    expect(existsSync(join(place.folder, 'shop/dist/default/dev'))).toBe(true);
    // The proof is one that can fail.
    const file = 'shop/workloads/web.ts';
    place.write(file, place.read(file).replace('replicas: 1', 'replicas: 2'));
    expect(place.run('npm run adopted', 'shop').out).toContain(
      'Deployment/shop-dev/web, spec.replicas: 1 was expected, 2 is rendered',
    );
  },
);
