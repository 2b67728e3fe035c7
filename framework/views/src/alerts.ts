/** What somebody must do something about, as data: rules for Prometheus, their runbooks and their tests are made of it. */
import type { Alert, AlertText } from './alerts/alert.js';
import { chineseTexts } from './alerts/chinese-texts.js';
import { clusterAlerts } from './alerts/cluster-alerts.js';
import { playerAlerts } from './alerts/player-alerts.js';
import { processAlerts } from './alerts/process-alerts.js';
import { requestAlerts } from './alerts/request-alerts.js';
import { workAlerts } from './alerts/work-alerts.js';

export type { Alert, AlertText, Severity } from './alerts/alert.js';
export { recordings } from './alerts/recordings.js';

/** All alerts, in the order of their page. */
export const alerts = {
  ...clusterAlerts,
  ...playerAlerts,
  ...requestAlerts,
  ...processAlerts,
  ...workAlerts,
} as const satisfies Readonly<Record<string, Alert>>;

/** The name of an alert. */
export type AlertName = keyof typeof alerts;

/** The texts of all alerts in Chinese. */
export const alertsInChinese: Readonly<Record<AlertName, AlertText>> = chineseTexts;
