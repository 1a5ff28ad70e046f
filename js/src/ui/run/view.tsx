import type {State} from "../../state/state"; export function RunView({state}:{state:State}) { void state; return <p/>; }
