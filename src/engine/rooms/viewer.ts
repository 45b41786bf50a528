/** For whom events are rendered. */
export interface Viewer {
  readonly userId: string;
  readonly deviceId: string;
}
