import { StrataError } from '../model/errors';
import { printed } from './adopt/programs';
import type { Host } from './command';

/** Which cluster is asked. */
export interface ClusterAccess {
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
}

/** What kubectl prints, asked by a command of strata; that it fails is an error of the command. */
export function kubectlOf(command: string, { kubeconfig, context }: ClusterAccess, env: Host['env']) {
  const access = [
    ...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]),
    ...(context === undefined ? [] : ['--context', context]),
  ];
  return (args: readonly string[], input?: string): string => {
    const said = printed('kubectl', [...access, ...args], { ...env }, input);
    if (said === 'not installed')
      throw new StrataError(command, 'the cluster is asked by kubectl, and that is not installed', [
        'install kubectl, where PATH finds it',
      ]);
    if ('failed' in said)
      throw new StrataError(command, `kubectl ${args[0]} fails: ${said.failed}`, [
        'name the cluster: --kubeconfig FILE, --context NAME',
      ]);
    return said.output;
  };
}
