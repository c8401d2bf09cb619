import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { checksCalled, isGroup } from '../checks/choose';
import { CONFIG_FILE } from '../checks/config/config';
import { CONFIG_TEMPLATE } from '../checks/config/template';
import { checks as allChecks } from '../checks/registry';
import { StrataError } from '../model/errors';
import { explained } from '../model/system-errors';
import { checksList, checkText } from '../report/checks';
import type { Run } from './options/table';
import type { checks } from './tables';

export const command: Run<typeof checks> = (_project, { values, words }, host) => {
  if (values.init) {
    writeTemplate();
    host.print(`${CONFIG_FILE} written`);
    return;
  }
  const asked = words.length > 0 ? words.flatMap((word) => checksCalled(allChecks, word)) : allChecks;
  if (values.format === 'json') {
    const abouts = asked.map(({ judge: _, ...about }) => about);
    host.print(JSON.stringify(abouts, null, 2));
  } else if (words.every(isGroup)) {
    for (const line of checksList(asked)) host.print(line);
  } else {
    for (const line of asked.flatMap(checkText)) host.print(line);
  }
};

/** Never over one that is there. */
function writeTemplate(): void {
  if (existsSync(CONFIG_FILE)) throw new StrataError(CONFIG_FILE, 'is there already', ['edit it', 'move it aside']);
  explained(resolve(CONFIG_FILE), ['call it in a folder that can be written'], () =>
    writeFileSync(CONFIG_FILE, CONFIG_TEMPLATE, { flag: 'wx' }),
  );
}
