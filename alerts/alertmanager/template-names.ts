// What templates of each version may use: the functions that Alertmanager adds to Go's own, and the templates it brings.
import type { AlertmanagerTarget } from './capability.ts';
import { ALERTMANAGER_TARGETS, isSupported } from './capability.ts';

const FUNCTIONS: Readonly<Record<AlertmanagerTarget, readonly string[]>> = {
  '0.25': [
    'toUpper',
    'toLower',
    'title',
    'join',
    'match',
    'safeHtml',
    'reReplaceAll',
    'stringSlice',
  ],
  '0.28': ['trimSpace', 'date', 'tz', 'since', 'humanizeDuration'],
  '0.31': ['safeUrl', 'urlUnescape', 'toJson'],
  '0.34': [
    'routeLabels',
    'now',
    'toDate',
    'mustToDate',
    'base64encode',
    'base64decode',
    'list',
    'append',
    'dict',
  ],
};

/** Without their kind: `title` of slack is `slack.default.title`. */
const TEMPLATES: Readonly<Record<AlertmanagerTarget, Readonly<Record<string, readonly string[]>>>> =
  {
    '0.25': {
      discord: ['message', 'title'],
      email: ['html', 'subject'],
      opsgenie: ['description', 'message', 'source'],
      pagerduty: ['client', 'clientURL', 'description', 'instances'],
      pushover: ['message', 'title', 'url'],
      slack: [
        'callbackid',
        'fallback',
        'footer',
        'iconemoji',
        'iconurl',
        'pretext',
        'text',
        'title',
        'titlelink',
        'username',
      ],
      sns: ['message', 'subject'],
      telegram: ['message'],
      victorops: ['entity_display_name', 'monitoring_tool', 'state_message'],
      webex: ['message'],
      wechat: ['agent_id', 'message', 'to_party', 'to_tag', 'to_user'],
    },
    '0.28': {
      discord: ['content'],
      jira: ['description', 'priority', 'summary'],
      msteams: ['summary', 'text', 'title'],
      msteamsv2: ['text', 'title'],
      rocketchat: ['alias', 'emoji', 'iconurl', 'text', 'title', 'titlelink'],
    },
    '0.31': {
      mattermost: ['text'],
    },
    '0.34': {
      mattermost: ['color', 'fallback', 'title', 'titlelink', 'username'],
      slack: ['color'],
    },
  };

const SHARED: Readonly<Partial<Record<AlertmanagerTarget, readonly string[]>>> = {
  '0.25': [
    '__alertmanager',
    '__alertmanagerURL',
    '__description',
    '__subject',
    '__text_alert_list',
  ],
  '0.28': ['__text_alert_list_markdown'],
};

/** Functions of a target besides Go's own. */
export function templateFunctions(target: AlertmanagerTarget): readonly string[] {
  return until(target).flatMap((each) => FUNCTIONS[each]);
}

/** Since which target a function is there; undefined when none has it. */
export function functionSince(name: string): AlertmanagerTarget | undefined {
  return ALERTMANAGER_TARGETS.find((each) => FUNCTIONS[each].includes(name));
}

/** Names of the templates that a target brings. */
export function defaultTemplates(target: AlertmanagerTarget): readonly string[] {
  return until(target).flatMap((each) => [
    ...(SHARED[each] ?? []),
    ...Object.entries(TEMPLATES[each]).flatMap(([kind, names]) =>
      names.map((name) => `${kind}.default.${name}`),
    ),
  ]);
}

function until(target: AlertmanagerTarget): readonly AlertmanagerTarget[] {
  return ALERTMANAGER_TARGETS.filter((each) => isSupported(each, target));
}
