/** What Argo CD tells somebody. */
export interface Notification {
  readonly on: Trigger;
  /** The service that Argo CD is configured for: `slack`, `email`, `teams`, `webhook`, … */
  readonly by: string;
  /** Channels, addresses or whatever the service sends to. */
  readonly to: readonly string[];
}

interface TriggerFacts {
  readonly template: string;
  readonly when: string;
  readonly message: string;
}

const TRIGGERS = {
  'on-sync-failed': {
    template: 'app-sync-failed',
    when: "app.status?.operationState.phase in ['Error', 'Failed']",
    message: 'The sync of {{.app.metadata.name}} has failed: {{.app.status.operationState.message}}',
  },
  'on-health-degraded': {
    template: 'app-health-degraded',
    when: "app.status.health.status == 'Degraded'",
    message: '{{.app.metadata.name}} is degraded.',
  },
  'on-deployed': {
    template: 'app-deployed',
    when: "app.status?.operationState.phase in ['Succeeded'] and app.status.health.status == 'Healthy'",
    message: '{{.app.metadata.name}} runs {{.app.status.sync.revision}}.',
  },
} as const satisfies Record<string, TriggerFacts>;

export type Trigger = keyof typeof TRIGGERS;

/** What is wrong with the setting `delivery.notify`. */
export function notificationsProblem(given: unknown): string | undefined {
  if (!Array.isArray(given)) return 'not a list of notifications';
  for (const each of given as readonly Partial<Notification>[]) {
    const shown = JSON.stringify(each);
    if (!Object.hasOwn(TRIGGERS, String(each?.on)))
      return `wrong: ${shown} is on none of ${Object.keys(TRIGGERS).join(', ')}`;
    if (typeof each.by !== 'string' || !/^[a-z][a-z0-9-]*$/.test(each.by)) return `wrong: ${shown} names no service`;
    const { to } = each;
    if (!Array.isArray(to) || to.length === 0 || !to.every((one) => typeof one === 'string' && /^[^;]+$/.test(one)))
      return `wrong: ${shown} goes to nobody`;
  }
  return undefined;
}

/** The annotations of an Application that subscribe to them. */
export function subscriptions(notifications: readonly Notification[]): Readonly<Record<string, string>> {
  const found = new Map<string, string[]>();
  for (const { on, by, to } of notifications) {
    const key = `notifications.argoproj.io/subscribe.${on}.${by}`;
    found.set(key, [...(found.get(key) ?? []), ...to]);
  }
  return Object.fromEntries([...found].map(([key, to]) => [key, [...new Set(to)].join(';')]));
}

/** The triggers that are used, and what they say: what stands in the ConfigMap argocd-notifications-cm. */
export function notificationsConfig(used: readonly Notification[]): Readonly<Record<string, string>> {
  const triggers = [...new Set(used.map(({ on }) => on))].sort();
  return Object.fromEntries(
    triggers.flatMap((name) => {
      const { template, when, message } = TRIGGERS[name];
      // Once for each commit, and not again with each look at it.
      const once = name === 'on-deployed' ? '  oncePer: app.status.sync.revision\n' : '';
      return [
        [`trigger.${name}`, `- send: [${template}]\n${once}  when: ${when}\n`],
        [`template.${template}`, `message: |\n  ${message}\n`],
      ];
    }),
  );
}
