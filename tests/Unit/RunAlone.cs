using Xunit;

namespace BackupModule.Tests;

/// <summary>Tests that no other test may run beside, because they watch what all of them share.</summary>
[CollectionDefinition(nameof(RunAlone), DisableParallelization = true)]
public sealed class RunAlone;
