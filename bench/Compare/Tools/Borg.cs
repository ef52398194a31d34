using System;
using System.Collections.Generic;

namespace BackupModule.Compare.Tools;

/// <summary>borg with authenticated encryption and the compressor and level that restic and we use by default.</summary>
internal sealed class Borg : ITool
{
    /// <inheritdoc/>
    public string Name => "borg";

    /// <inheritdoc/>
    public ToolCommand VersionCommand => new("borg", "--version");

    /// <inheritdoc/>
    public string Settings => "`--encryption repokey-blake2` (AES-256-CTR with BLAKE2b), `--compression zstd,3`, cache on";

    /// <inheritdoc/>
    public IReadOnlyList<ToolCommand> CommandsFor(StepRequest request) => request.Step switch
    {
        Step.Init => [new("borg", "init", "--encryption", "repokey-blake2")],
        Step.First or Step.Unchanged or Step.Changed =>
            [new("borg", "create", "--compression", "zstd,3", ArchiveOf(request.Step), request.Source)],
        Step.Restore =>
            [new("borg", "extract", ArchiveOf(request.Newest)) { WorkingDirectory = request.Place.Restored }],
        Step.Check => [new("borg", "check", "--verify-data")],
        Step.Forget => [new("borg", "prune", "--keep-last", "1"), new("borg", "compact")],
        _ => throw new ArgumentOutOfRangeException(nameof(request)),
    };

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> EnvironmentAt(ToolPlace place) => new Dictionary<string, string>
    {
        ["BORG_REPO"] = place.Repository,
        ["BORG_PASSPHRASE"] = BenchPassword.Value,
        ["BORG_BASE_DIR"] = place.State,
        ["TMPDIR"] = place.Temporary,
    };

    private static string ArchiveOf(Step step) => "::" + step;
}
