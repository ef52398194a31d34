using System;

namespace BackupModule.Tests.Monitoring.Notifications;

/// <summary>An environment variable of a test's own, which holds a secret while the test runs.</summary>
internal sealed class SecretVariable : IDisposable
{
    private readonly string _name = $"TEST_{Guid.NewGuid():n}";

    public SecretVariable(string value) => Environment.SetEnvironmentVariable(_name, value);

    /// <summary>The reference to the secret.</summary>
    public string Reference => $"env:{_name}";

    public void Dispose() => Environment.SetEnvironmentVariable(_name, null);
}
