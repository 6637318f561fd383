/** Options that every verb takes. */
export interface CommonOptions {
  readonly workspace: string | undefined;
  readonly config: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** false: ask nothing. */
  readonly input: boolean;
}
