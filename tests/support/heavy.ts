/**
 * Expensive expressions, with and without a value.
 *
 * @module
 */

import { MAX_EXPRESSION_BYTES } from "../../lib/calculator/answer.ts";
import { ascii } from "./data.ts";

/** Fills an expression with `part` and puts `end` behind it. */
export function filled(part: string, end = "1"): string {
  return part.repeat(Math.floor((MAX_EXPRESSION_BYTES - end.length) / part.length)) + end;
}

function nested(open: string, inner: string, close: string): string {
  return open.repeat(199) + inner + close.repeat(199);
}

/** The most expensive expressions of each kind. */
export const HEAVY: readonly string[] = [
  // Long expressions.
  filled("1+"),
  filled("1--"),
  filled("--"),
  filled("-1,"),
  filled("(),"),
  filled("1+", "$"),
  filled("1**"),
  filled("9*"),
  filled("1.1,"),
  filled(nested("[", "1", "]") + ","),
  filled(nested("-(", "2**30000", ")") + "<"),
  filled("int(1e308),"),
  `sum((${filled("1,", "1))").slice(6)}`,
  `max(${filled("1,", "1)").slice(4)}`,
  filled("+1", "+2**262000").slice(1),
  "(".repeat(MAX_EXPRESSION_BYTES),
  // Many large numbers.
  "3**900,".repeat(5000),
  "3**9000,".repeat(50),
  "3**1650%3**825+".repeat(2000) + "1",
  filled("(2**200000)*"),
  filled("3**165000//3**82500+"),
  filled("1.1**1.1+"),
  filled("1e-300**0.3+"),
  filled("round(1e-300,310)+"),
  filled("(2**600/3**300)+"),
  filled("pow(3**2000,-1,2**3000)+"),
  filled("0xffffff*"),
  // Few numbers, but as large as possible.
  "3**165000//3**82500",
  "round(3**165000,-39000)",
  "pow(3,2**2047-1,2**2048-1)",
  "pow(3,2**100-1,2**12000-1)",
  "pow(3,2**262000,3)",
  "pow(3,7**20000,5**50000)",
];

/** Requests that are refused: no expressions, or too expensive ones. */
export const HOSTILE: readonly [what: string, request: Uint8Array][] = [
  ["a megabyte of (", new Uint8Array(1_000_000).fill(0x28)],
  ["a megabyte of spaces", new Uint8Array(1_000_000).fill(0x20)],
  ["9**9**9", ascii("9**9**9")],
  ["1e999999", ascii("1e999999")],
  ["a number of 100,000 digits", new Uint8Array(100_000).fill(0x39)],
  ["a NUL", ascii("1+\0")],
  ["invalid UTF-8", Uint8Array.of(0x31, 0xff, 0xfe)],
  ["a heavy product", ascii("(2**200000)*".repeat(5000) + "1")],
  ["code", ascii("__import__('os').system('true')")],
];
