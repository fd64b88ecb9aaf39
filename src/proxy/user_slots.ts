import { parseLoginName } from "../base/vitess_target.ts";

/** Whether a session may be a user's, by how many that user has. */
export interface UserAdmission {
  /** Asked when somebody claims to be `user`. Takes nothing: whoever cannot prove it must not keep the user out. */
  mayEnter(user: string): boolean;
  /** Asked when the login has succeeded: takes one of the user's slots and gives up the one held before. */
  enter(user: string): boolean;
}

/** Counts each user's sessions against a limit, 0 for none; a session counts from the end of its login. */
export class UserSlots {
  readonly #limit: number;
  readonly #taken = new Map<string, number>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether `user` has room for one more. */
  hasRoom(user: string): boolean {
    return this.#limit <= 0 || (this.#taken.get(accountOf(user)) ?? 0) < this.#limit;
  }

  add(user: string, count: 1 | -1): void {
    const account = accountOf(user);
    const taken = (this.#taken.get(account) ?? 0) + count;
    if (taken > 0) this.#taken.set(account, taken);
    else this.#taken.delete(account);
  }
}

/** A name with a target behind it (`app|shop@replica`) counts as the name. */
function accountOf(user: string): string {
  return parseLoginName(user).user;
}

/** One session's place among its user's. */
export class UserSlot implements UserAdmission {
  readonly #slots: UserSlots;
  #user: string | undefined;

  constructor(slots: UserSlots) {
    this.#slots = slots;
  }

  mayEnter(user: string): boolean {
    return user === this.#user || this.#slots.hasRoom(user);
  }

  enter(user: string): boolean {
    if (user === this.#user) return true;
    if (!this.#slots.hasRoom(user)) return false;
    this.release();
    this.#slots.add(user, 1);
    this.#user = user;
    return true;
  }

  release(): void {
    if (this.#user !== undefined) this.#slots.add(this.#user, -1);
    this.#user = undefined;
  }
}
