using System;
using System.Collections.Generic;

namespace BackupModule.Compare.Tools;

/// <summary>restic with its defaults: repository version 2, zstd by <c>--compression auto</c>, packs of 16 MiB.</summary>
internal sealed class Restic : ITool
{
    /// <inheritdoc/>
    public string Name => "restic";

    /// <inheritdoc/>
    public ToolCommand VersionCommand => new("restic", "version");

    /// <inheritdoc/>
    public string Settings => "repository version 2, `--compression auto`, cache on; AES-256-CTR with Poly1305";

    /// <inheritdoc/>
    public IReadOnlyList<ToolCommand> CommandsFor(StepRequest request) => request.Step switch
    {
        Step.Init => [new("restic", "init", "--repository-version", "2")],
        Step.First or Step.Unchanged or Step.Changed =>
            [new("restic", "backup", "--compression", "auto", request.Source)],
        Step.Restore => [new("restic", "restore", "latest", "--target", request.Place.Restored)],
        Step.Check => [new("restic", "check", "--read-data")],
        Step.Forget => [new("restic", "forget", "--keep-last", "1", "--prune")],
        _ => throw new ArgumentOutOfRangeException(nameof(request)),
    };

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> EnvironmentAt(ToolPlace place) => new Dictionary<string, string>
    {
        ["RESTIC_REPOSITORY"] = place.Repository,
        ["RESTIC_PASSWORD"] = BenchPassword.Value,
        ["RESTIC_CACHE_DIR"] = place.State,
        ["TMPDIR"] = place.Temporary,
    };
}
