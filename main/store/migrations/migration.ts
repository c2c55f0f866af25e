/** One step of the database's form. Steps only go forward; a released one is never edited. */
export interface Migration {
  /** What `user_version` is after it. */
  readonly version: number;
  readonly sql: string;
}
