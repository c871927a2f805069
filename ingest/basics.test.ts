import { expect, it } from "vitest";
import {
  dateOf,
  easternDate,
  isCalendarDate,
  seasonLabel,
  seasonYearOf,
  timestampText,
  yearsBetween,
  zonedTime,
} from "./calendar.js";
import { playingTime } from "./files/playing-time.js";
import { bareLookup, playerLookup } from "./player-lookup.js";
import { TEAMS, teamByAny, teamByCode, teamByFullName, teamByNickname } from "./teams.js";

it.each([
  ["LeBron James", "lebronjames"],
  ["Nikola Jokić", "nikolajokic"],
  ["Luka Dončić", "lukadoncic"],
  ["Dennis Schröder", "dennisschroder"],
  ["O.G. Anunoby", "oganunoby"],
  ["De'Aaron Fox", "deaaronfox"],
  ["Karl-Anthony Towns", "karlanthonytowns"],
  ["Tim Hardaway Jr.", "timhardawayjr"],
  ["Ömer Yurtseven", "omeryurtseven"],
  ["Đorđe Øst", "dordeost"],
])("lookup of %s is %s", (name, lookup) => expect(playerLookup(name)).toBe(lookup));

it.each(["Jimmy Butler III", "Jimmy Butler", "Jimmy Butler Jr.", "Jimmy Butler IV"])("%s without suffix", (name) =>
  expect(bareLookup(playerLookup(name))).toBe("jimmybutler"),
);

it("tip-off in Eastern time becomes UTC, in summer and in winter", () => {
  const utc = (date: string, time: string, zone = "America/New_York") => timestampText(zonedTime(date, time, zone));
  expect(utc("2021-10-19", "19:30:00")).toBe("2021-10-19 23:30:00+00:00");
  expect(utc("2021-11-15", "22:30:00")).toBe("2021-11-16 03:30:00+00:00");
  expect(utc("2021-11-07", "12:00:00")).toBe("2021-11-07 17:00:00+00:00");
  expect(utc("2022-03-13", "13:00:00")).toBe("2022-03-13 17:00:00+00:00");
  expect(utc("2022-01-10", "19:00:00", "America/Phoenix")).toBe("2022-01-11 02:00:00+00:00");
  expect(easternDate(Date.parse("2024-10-23T02:00:00Z"))).toBe("2024-10-22");
  expect(easternDate(Date.parse("2024-01-23T05:00:00Z"))).toBe("2024-01-23");
});

it("calendar", () => {
  expect(["2021-02-29", "2021-13-01", "20211019", "2021-10-19 "].filter(isCalendarDate)).toEqual([]);
  expect(isCalendarDate("2024-02-29")).toBe(true);
  expect([seasonYearOf("2021-10-01"), seasonYearOf("2022-09-30")]).toEqual([2021, 2021]);
  expect([seasonLabel(2021), seasonLabel(1999)]).toEqual(["2021-22", "1999-00"]);
  expect([yearsBetween("1996-03-22", "2022-03-21"), yearsBetween("1996-03-22", "2022-03-22")]).toEqual([25, 26]);
});

it("teams by every name that sources use", () => {
  expect(TEAMS).toHaveLength(30);
  expect(new Set(TEAMS.map((team) => team.abbr)).size).toBe(30);
  expect(TEAMS.find((team) => team.abbr === "LAL")?.id).toBe(1610612747);
  expect(["LA Clippers", "Los Angeles Clippers"].map((name) => teamByFullName(name)?.abbr)).toEqual(["LAC", "LAC"]);
  expect(["gs", "utah", "bkn", "WAS"].map((code) => teamByCode(code)?.abbr)).toEqual(["GSW", "UTA", "BKN", "WAS"]);
  expect(["NJN", "SEA", "NOH", "PHO"].map((code) => teamByCode(code)?.abbr)).toEqual(["BKN", "OKC", "NOP", "PHX"]);
  expect(["1610612740", "New Jersey Nets", "lac", "Bucks"].map((name) => teamByAny(name)?.abbr)).toEqual([
    "NOP",
    "BKN",
    "LAC",
    "MIL",
  ]);
  expect(["Blazers", "76ers"].map((name) => teamByNickname(name)?.abbr)).toEqual(["POR", "PHI"]);
  expect([teamByCode("xyz"), teamByFullName("Springfield Isotopes"), teamByNickname("Sonics")]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

it.each([
  ["2021-11-15", "2021-11-15"],
  ["20211115", "2021-11-15"],
  ["2021-11-15T00:00:00Z", "2021-11-15"],
  ["11/15/2021 00:00:00", "2021-11-15"],
  ["1/5/2021", "2021-01-05"],
  ["NOV 15, 2021", "2021-11-15"],
  ["Nov. 5, 2021", "2021-11-05"],
  ["2021-02-30", undefined],
  ["Foo 15, 2021", undefined],
  ["15.11.2021", undefined],
])("the date in %s is %s", (text, date) => expect(dateOf(text)).toBe(date));

it.each([
  ["31", "31:00"],
  ["31.5", "31:30"],
  ["31:25", "31:25"],
  ["31.000000:25", "31:25"],
  ["PT09M05.00S", "09:05"],
  ["0", "00:00"],
  ["240", "240:00"],
  ["DNP", undefined],
  ["-3", undefined],
])("playing time %s is %s", (text, time) => expect(playingTime(text)?.text).toBe(time));
