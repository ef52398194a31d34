using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;

namespace BackupModule.Compare.Results;

/// <summary>What the figures depend on besides the tools.</summary>
/// <param name="Processor">The processor's name.</param>
/// <param name="Cores">Logical processors that this process may use.</param>
/// <param name="MemoryBytes">Memory that is there for processes.</param>
/// <param name="OperatingSystem">Distribution and kernel.</param>
/// <param name="Runtime">The .NET runtime.</param>
/// <param name="FileSystem">The kind of file system that holds data and repositories.</param>
internal sealed record MachineFacts(
    string Processor, int Cores, long MemoryBytes, string OperatingSystem, string Runtime, string FileSystem)
{
    private const string ProcessorFile = "/proc/cpuinfo";
    private const string NameOfProcessor = "model name";

    /// <summary>This machine.</summary>
    /// <param name="folder">Where data and repositories are.</param>
    public static MachineFacts Read(string folder) => new(
        ReadProcessor(),
        Environment.ProcessorCount,
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        $"{RuntimeInformation.OSDescription}, kernel {Environment.OSVersion.Version}",
        RuntimeInformation.FrameworkDescription,
        new DriveInfo(folder).DriveFormat);

    private static string ReadProcessor()
    {
        string? line = File.Exists(ProcessorFile)
            ? File.ReadLines(ProcessorFile)
                .FirstOrDefault(static text => text.StartsWith(NameOfProcessor, StringComparison.Ordinal))
            : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':') + 1)..].Trim();
    }
}
