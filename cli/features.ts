import type { Command } from './program';

export const command: Command = ({ features }, _args, host) => {
  for (const { featureName, spec } of features) {
    host.print(`${featureName}: ${spec.summary}`);
    if (spec.needs?.length) host.print(`  needs ${spec.needs.join(', ')}`);
    if (spec.provides?.length) host.print(`  provides ${spec.provides.join(', ')}`);
    for (const { what, why } of spec.excludes ?? []) host.print(`  never with ${what}: ${why}`);
    for (const [option, value] of Object.entries(spec.defaults)) host.print(`  ${option} = ${JSON.stringify(value)}`);
  }
};
