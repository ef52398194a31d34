namespace BackupModule.Tests.Servers;

/// <summary>OpenStack Swift's S3 layer.</summary>
public sealed class SwiftServer() : S3ServerFixture(S3Server.StartSwift());
