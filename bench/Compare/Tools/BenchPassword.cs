namespace BackupModule.Compare.Tools;

/// <summary>The password of all repositories here. It protects nothing, and reaches the tools by their environment.</summary>
internal static class BenchPassword
{
    /// <summary>The password.</summary>
    public const string Value = "bench";

    /// <summary>The variable that our tool is told to read it from.</summary>
    public const string Variable = "BENCH_PASSWORD";
}
