import type { Run } from './options/table';
import type { features } from './tables';

export const command: Run<typeof features> = ({ features }, _given, host) => {
  for (const { name, facts, settings } of features) {
    host.print(`${name}: ${facts.summary}`);
    if (facts.needs?.length) host.print(`  needs ${facts.needs.join(', ')}`);
    if (facts.provides?.length) host.print(`  provides ${facts.provides.join(', ')}`);
    for (const { what, why } of facts.excludes ?? []) host.print(`  never with ${what}: ${why}`);
    for (const [option, value] of Object.entries(settings.defaults))
      host.print(`  ${settings.name}.${option} = ${JSON.stringify(value)}`);
  }
};
