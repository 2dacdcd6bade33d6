"""The verification file of a case, as the auditor keeps it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from labels.cli.arguments import (
    DEFAULT_LANG,
    Json,
    Language,
    RuleSetId,
    lang_of,
)
from labels.cli.group import Group

app = typer.Typer(cls=Group, no_args_is_help=True, help="The verification file of a case.")
CaseFolder = Annotated[Path, typer.Argument(help="Folder of the case.")]
PersonKeyFile = Annotated[Path, typer.Option("--key", help="Key file of whoever acts.")]
EvidenceFiles = Annotated[
    list[Path] | None, typer.Option("--evidence", help="File to keep as evidence; repeatable.")
]


@app.command("demo")
def verification_demo(
    folder: Path,
    certifies: Annotated[
        bool, typer.Option("--certifies", help="The made-up issuer may issue certificates.")
    ] = False,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Make a demo registry with four fictitious people, their keys and the roster."""
    from labels.cli.verification import make_demo

    make_demo(folder, lang_of(lang), certifies=certifies)


@app.command("init")
def verification_init(
    case: CaseFolder,
    source: Annotated[Path, typer.Argument(help="The client's workbook or system file.")],
    key: PersonKeyFile,
    people: Annotated[Path, typer.Option("--people", help="Roster: people, roles, keys (.json).")],
    agreed: Annotated[Path, typer.Option("--agreed", help="Engagement and risks (.toml).")],
    ruleset: RuleSetId = "",
    lang: Language = DEFAULT_LANG,
) -> None:
    """Open a case for what the client handed in."""
    from labels.cli.verification import init

    init(case, source, people, agreed, key, ruleset, lang_of(lang))


@app.command("agree")
def verification_agree(
    case: CaseFolder,
    key: PersonKeyFile,
    agreed: Annotated[Path, typer.Option("--agreed", help="Engagement and risks (.toml).")],
    lang: Language = DEFAULT_LANG,
) -> None:
    """Record engagement and risks anew, or what an interrupted init left out."""
    from labels.cli.verification import agree

    agree(case, agreed, key, lang_of(lang))


@app.command("declare")
def verification_declare(
    case: CaseFolder,
    key: PersonKeyFile,
    sector: Annotated[str, typer.Option("--sector", help="Sector of competence.")],
    competence: Annotated[str, typer.Option("--competence", help="What it rests on.")],
    consultancy: Annotated[
        str, typer.Option("--consultancy", help="For the client in two years; none.")
    ] = "none",
    interests: Annotated[str, typer.Option("--interests", help="Others; none.")] = "none",
    lang: Language = DEFAULT_LANG,
) -> None:
    """Declare impartiality and competence; everybody who acts does."""
    from labels.cli.verification import declare

    declare(case, key, consultancy, interests, sector, competence, lang_of(lang))


roster = typer.Typer(
    cls=Group, no_args_is_help=True, help="People, employers, roles and keys in one file."
)
app.add_typer(roster, name="roster")
Custodians = Annotated[
    list[Path] | None, typer.Option("--key", help="Key file of a custodian who signs; repeatable.")
]
Before = Annotated[
    Path | None, typer.Option("--after", help="The edition before; none for the first.")
]


@roster.command("write")
def roster_write(
    source: Annotated[Path, typer.Argument(help="People, roles and public keys (.toml).")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Roster to write (.json).")],
    key: Custodians = None,
    after: Before = None,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Write an edition of the roster and sign it with the keys at hand."""
    from labels.cli.roster import write

    write(source, output, key or [], after, lang_of(lang))


@roster.command("sign")
def roster_sign(
    people: Annotated[Path, typer.Argument(help="Roster (.json).")],
    key: Custodians = None,
    after: Before = None,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Add signatures of further custodians to an edition."""
    from labels.cli.roster import sign

    sign(people, key or [], after, lang_of(lang))


@roster.command("show")
def roster_show(
    people: Annotated[Path, typer.Argument(help="Roster (.json).")],
    after: Before = None,
    json: Json = False,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Show people, roles and keys, and whether enough custodians have signed; exit 1 if not."""
    from labels.cli.roster import show

    raise typer.Exit(show(people, after, lang_of(lang), as_json=json))


@app.command("people")
def verification_people(case: CaseFolder, people: Path, lang: Language = DEFAULT_LANG) -> None:
    """Put the next signed edition of the roster into the case."""
    from labels.cli.verification import renew_people

    renew_people(case, people, lang_of(lang))


@app.command("plan")
def verification_plan(
    case: CaseFolder,
    key: Annotated[Path | None, typer.Option("--key", help="Write the plan down.")] = None,
    json: Json = False,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Compute where to look now: the errors found so far enlarge it."""
    from labels.cli.verification import plan

    plan(case, key, lang_of(lang), as_json=json)


@app.command("sample")
def verification_sample(
    case: CaseFolder,
    line: Annotated[str, typer.Argument(help="Line of the plan.")],
    result: Annotated[str, typer.Argument(help="agrees, differs or missing.")],
    key: PersonKeyFile,
    found: Annotated[str, typer.Option("--found", help="Right amount, in the line's unit.")] = "",
    note: Annotated[str, typer.Option("--note")] = "",
    month: Annotated[
        list[str] | None, typer.Option("--month", help="Documents seen, 3 or 1-12; repeatable.")
    ] = None,
    evidence: EvidenceFiles = None,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Write down what was found at a line."""
    from labels.cli.verification import sample

    sample(case, line, result, key, found, note, month or [], evidence or [], lang_of(lang))


@app.command("finding")
def verification_finding(
    case: CaseFolder,
    action: Annotated[str, typer.Argument(help="open, promote, answer or settle.")],
    key: PersonKeyFile,
    name: Annotated[str, typer.Argument(help="Id of the finding; code to promote.")] = "",
    grade: Annotated[
        str, typer.Option("--class", help="misstatement, major, minor, clarification, forward.")
    ] = "clarification",
    seen: Annotated[str, typer.Option("--seen", help="What was seen.")] = "",
    requirement: Annotated[str, typer.Option("--requirement", help="Clause not met.")] = "",
    line: Annotated[str, typer.Option("--line")] = "",
    cell: Annotated[list[str] | None, typer.Option("--cell", help="SHEET!A1; repeatable.")] = None,
    due: Annotated[str, typer.Option("--due")] = "",
    nature: Annotated[
        str,
        typer.Option("--nature", help="Material at any size: boundary, unit, claim, ..."),
    ] = "",
    effect: Annotated[list[str] | None, typer.Option("--effect", help="FIGURE=KG.")] = None,
    cause: Annotated[str, typer.Option("--cause")] = "",
    correction: Annotated[str, typer.Option("--correction")] = "",
    prevent: Annotated[str, typer.Option("--prevent", help="Corrective action.")] = "",
    how: Annotated[
        str, typer.Option("--how", help="corrected, explained, uncorrected, withdrawn.")
    ] = "corrected",
    basis: Annotated[str, typer.Option("--basis", help="On what it is settled.")] = "",
    evidence: EvidenceFiles = None,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Open a finding, promote one of the tool's, answer it as the client, settle it."""
    from labels.cli.casefindings import finding_command

    told = {"grade": grade, "seen": seen, "requirement": requirement, "line": line, "due": due,
            "nature": nature, "cause": cause, "correction": correction, "prevent": prevent,
            "how": how, "basis": basis}  # fmt: skip
    lists = {"cell": cell or [], "effect": effect or []}
    finding_command(case, action, name, key, told, lists, evidence or [], lang_of(lang))


@app.command("misstatement")
def verification_misstatement(
    case: CaseFolder,
    name: Annotated[str, typer.Argument(help="Finding; without one the table is shown.")] = "",
    key: Annotated[Path | None, typer.Option("--key", help="Key of the lead verifier.")] = None,
    effect: Annotated[list[str] | None, typer.Option("--effect", help="FIGURE=KG.")] = None,
    json: Json = False,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Write down what a finding comes to, in kg of every figure; show the table."""
    from labels.cli.casefindings import misstatement

    misstatement(case, name, key, effect or [], lang_of(lang), as_json=json)


@app.command("findings")
def verification_findings(
    case: CaseFolder, json: Json = False, lang: Language = DEFAULT_LANG
) -> None:
    """Show the log of findings: what was seen, the client's answer, how each ended."""
    from labels.cli.casefindings import show_findings

    show_findings(case, lang_of(lang), as_json=json)


@app.command("version")
def verification_version(
    case: CaseFolder,
    source: Annotated[Path, typer.Argument(help="The corrected workbook.")],
    key: PersonKeyFile,
    ruleset: RuleSetId = "",
    lang: Language = DEFAULT_LANG,
) -> None:
    """Hand in a corrected version, as the client: cells changed, effect of each correction."""
    from labels.cli.verification import hand_in

    hand_in(case, source, key, ruleset, lang_of(lang))


@app.command("visit")
def verification_visit(
    case: CaseFolder,
    site: str,
    key: PersonKeyFile,
    start: Annotated[str, typer.Option("--from", help="First day.")],
    met: Annotated[list[str], typer.Option("--met", help="Person met; repeatable.")],
    walked: Annotated[list[str], typer.Option("--process", help="Process walked; repeatable.")],
    end: Annotated[str, typer.Option("--to", help="Last day.")] = "",
    exceptions: Annotated[str, typer.Option("--exceptions")] = "",
    evidence: EvidenceFiles = None,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Write down a visit: days, people met, processes walked, photographs by hash."""
    from labels.cli.verification import visit

    visit(case, site, key, (start, end), met, walked, exceptions, evidence or [], lang_of(lang))


@app.command("recalculation")
def verification_recalculation(
    case: CaseFolder,
    key: PersonKeyFile,
    figure: Annotated[list[str], typer.Option("--figure", help="FIGURE=KG, as recalculated.")],
    means: Annotated[str, typer.Option("--means", help="How.")] = "verifier-xlsx",
    evidence: EvidenceFiles = None,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Write down figures calculated apart from the product (export --format verifier-xlsx)."""
    from labels.cli.verification import recalculation

    recalculation(case, key, figure, means, evidence or [], lang_of(lang))


@app.command("opinion")
def verification_opinion(
    case: CaseFolder,
    told: Annotated[
        str,
        typer.Argument(
            help="unmodified, modified-not-material, modified-material, adverse, disclaimer."
        ),
    ],
    key: PersonKeyFile,
    qualification: Annotated[str, typer.Option("--qualification")] = "",
    lang: Language = DEFAULT_LANG,
) -> None:
    """Give the lead verifier's opinion; a good one only when nothing stands against it."""
    from labels.cli.verification import opinion

    opinion(case, told, qualification, key, lang_of(lang))


@app.command("review")
def verification_review(
    case: CaseFolder,
    key: PersonKeyFile,
    agree: Annotated[bool, typer.Option("--agree/--disagree")],
    notes: Annotated[str, typer.Option("--notes")] = "",
    lang: Language = DEFAULT_LANG,
) -> None:
    """Review the file, as somebody who took no part in it."""
    from labels.cli.verification import review

    review(case, key, notes, lang_of(lang), agrees=agree)


@app.command("decide")
def verification_decide(
    case: CaseFolder,
    key: PersonKeyFile,
    issue: Annotated[bool, typer.Option("--issue/--refuse")],
    notes: Annotated[str, typer.Option("--notes")] = "",
    lang: Language = DEFAULT_LANG,
) -> None:
    """Decide whether a document may be issued."""
    from labels.cli.verification import decide

    decide(case, key, notes, lang_of(lang), grant=issue)


@app.command("close")
def verification_close(case: CaseFolder, key: PersonKeyFile, lang: Language = DEFAULT_LANG) -> None:
    """Close the case; everything that is not in order is named and nothing is closed."""
    from labels.cli.verification import close

    close(case, key, lang_of(lang))


@app.command("status")
def verification_status(
    case: CaseFolder,
    against: Annotated[str, typer.Option("--against", help="Hash that a document names.")] = "",
    json: Json = False,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Show where a case stands and what keeps it from being closed; exit 1 if anything does."""
    from labels.cli.verification import status

    raise typer.Exit(status(case, against, lang_of(lang), as_json=json))


@app.command("documents")
def verification_documents(
    case: CaseFolder,
    out: Annotated[Path, typer.Option("--out", help="Folder for PDF, Excel and JSON.")],
    lang: Language = DEFAULT_LANG,
) -> None:
    """Print plan, findings, draft statement and review sheet as PDF, Excel and JSON."""
    from labels.cli.casepapers import write_papers

    write_papers(case, out, lang_of(lang))
