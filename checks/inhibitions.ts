import type { Json, Path } from '../manifests/resource';
import { list, mappings } from '../manifests/resource';
import { someNames } from '../model/errors';
import type { InhibitionFault } from '../simulate/alerting/inhibition-faults';
import { inhibitionFaults } from '../simulate/alerting/inhibition-faults';
import { scalarText } from '../upstream/prometheus/form';
import { alertingRulesOf } from '../world/alerting-rules';
import { notificationConfigurations } from '../world/notification-configuration';
import type { World } from '../world/world';
import type { Finding } from './check';

/** What the inhibitions of every Alertmanager lose, as findings at the rules that lose it; `judged` chooses among them. */
export function* inhibitionFindings(world: World, judged: (fault: InhibitionFault) => boolean): Iterable<Finding> {
  const alerts = alertingRulesOf(world);
  if (alerts.length === 0) return;
  const said = new Set<string>();
  for (const configuration of notificationConfigurations(world)) {
    const { resource, path } = configuration.stated;
    if (world.isExternal(resource)) continue;
    for (const fault of inhibitionFaults(configuration, alerts).filter(judged)) {
      const [, place] = fault.rule.path;
      const isObject = resource.kind === 'AlertmanagerConfig';
      const message = isObject ? wordsOf(fault) : `inhibit_rules[${place}]: ${wordsOf(fault)}`;
      // Several Alertmanagers may read the same configuration.
      const key = `${world.idOf(resource)} ${place} ${message}`;
      if (said.has(key)) continue;
      said.add(key);
      const at: Path = isObject ? ['spec', 'inhibitRules', place!] : path;
      yield { resource, path: at, value: isObject ? resource.at(at) : shownOf(configuration.content, fault), message };
    }
  }
}

/** The first matcher of the rule, as the file has it; else the field of all rules. */
function shownOf(content: Json, { rule }: InhibitionFault): string {
  const stated = mappings(content['inhibit_rules'])[Number(rule.path[1])];
  return scalarText(list(stated?.['source_matchers'])[0]) ?? 'inhibit_rules';
}

function wordsOf({ kind, sources, targets }: InhibitionFault): string {
  const [from, to] = [someNames(sources), someNames(targets)];
  switch (kind) {
    case 'circle':
      return `${sources.join(' silences ')} silences ${sources[0]}: when they fire together, nobody is told of any of them, because an alert that is silenced silences others all the same`;
    case 'always':
      return `${from} always fires, so that nobody is ever told of ${to}`;
    case 'nobody':
      return `nobody is told of ${from}, and while it fires nobody is told of ${to} either`;
    case 'hours':
      return `${from} is told at some hours only, and silences ${to} at all hours: outside of them nobody is told of either`;
    case 'severity':
      return `${from} is less urgent than ${to}, which it silences: nobody hurries`;
  }
}
