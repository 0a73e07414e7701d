export { Random } from "../link/random.ts";
