using System;

namespace BackupModule.Tests.Servers;

/// <summary>OpenStack Swift's S3 layer, for the tests of a class or collection.</summary>
public sealed class SwiftServer : IDisposable
{
    internal S3Server Server { get; } = S3Server.StartSwift();

    public void Dispose() => Server.Dispose();
}
