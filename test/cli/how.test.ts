import { commands } from '../../cli/commands';
import { judgingCommands } from '../../cli/judging';
import { program } from '../../cli/program';
import { composition as compositionOf } from '../../composition/composition';
import { dev } from '../../environments/dev';
import { matrix } from '../../environments/matrix';
import { prod } from '../../environments/prod';
import { staging } from '../../environments/staging';
import course from '../../main';
import { course as spec } from '../../platform';

const strata = program({ version: '1.0.0', commands, judgingCommands });
async function call(composition: object, ...args: string[]) {
  const lines: string[] = [];
  const print = (line: string) => lines.push(line);
  const code = await strata.run(args, { env: {}, composition: () => composition as never, print, printError: print });
  return { code, lines, text: lines.join('\n') };
}

test('`targets --how` prints the commands for a target, by who applies it', async () => {
  const { code, lines } = await call(course, 'targets', '--how', 'dev@kind');
  expect(code).toBe(0);
  expect(lines).toEqual([
    'dev@kind',
    expect.stringContaining('# Argo CD'),
    '  kubectl apply --server-side --field-manager=strata -f dist/argocd/settings',
    '  kubectl rollout restart deployment --namespace=argocd --selector=app.kubernetes.io/component=applicationset-controller',
    '  kubectl rollout status deployment --namespace=argocd --selector=app.kubernetes.io/component=applicationset-controller',
    '  kubectl apply -f dist/argocd',
    expect.stringContaining('# Flux'),
    '  kubectl apply -f dist/flux/kind/flux.yaml',
    expect.stringContaining('# kubectl'),
    '  kubectl apply -f dist/kubectl/kind/definition.yaml',
    '  kubectl wait --for=condition=Established crd/applysets.strata.internal',
    '  kubectl create -f dist/kubectl/kind/applysets.yaml',
    '  KUBECTL_APPLYSET=true kubectl apply --server-side --prune --applyset=applysets.strata.internal/course-dev-kind -f dist/kind/dev',
  ]);
});

test('what the delivery has nothing for is left out, and kubectl prunes nothing then', async () => {
  const { text } = await call(compositionOf({ ...spec, matrix }), 'targets', '--how', 'dev@kind');
  expect(text).toBe(
    'dev@kind\n  # kubectl, in the cluster; it deletes nothing: `kubectl: true` in the delivery lets it prune\n  kubectl apply --server-side -f dist/kind/dev',
  );
});

test('the controller of the set is restarted before it gets the set, where it must read that syncs are progressive', async () => {
  const argocd = async (delivery: object) => {
    const given = {
      ...spec,
      matrix,
      delivery: { repoUrl: 'https://git.example.com/a.git', revision: 'main', folder: '', ...delivery },
    };
    const { text } = await call(compositionOf(given), 'targets', '--how', '--format', 'json', 'prod@cloud');
    return JSON.parse(text).targets[0].argocd.map((line: string) => line.replace(/^kubectl /, ''));
  };
  const which = 'deployment --namespace=gitops --selector=app.kubernetes.io/component=applicationset-controller';
  expect(await argocd({ argoNamespace: 'gitops', progressive: [dev, staging, prod] })).toEqual([
    'apply --server-side --field-manager=strata -f dist/argocd/settings',
    `rollout restart ${which}`,
    `rollout status ${which}`,
    'apply -f dist/argocd',
  ]);
  expect(await argocd({ argoNamespace: 'gitops' })).toEqual(['apply -f dist/argocd']);
});

test('all targets, or those that a glob names, also as JSON', async () => {
  const names = async (...args: string[]) =>
    JSON.parse((await call(course, 'targets', '--how', '--format', 'json', ...args)).text).targets.map(
      ({ target }: { target: string }) => target,
    );
  expect(await names()).toEqual(matrix.names);
  expect(await names('prod@*')).toEqual(['prod@shared', 'prod@cloud']);
});

test('names list some of the matrix; one that is wrong is an error with the nearest', async () => {
  expect((await call(course, 'targets', 'dev@*')).lines).toHaveLength(2);
  const { code, text } = await call(course, 'targets', '--how', 'dev@knd');
  expect([code, text]).toEqual([2, expect.stringContaining('did you mean dev@kind?')]);
});
