using BackupModule.Tests.Servers;
using Xunit;

namespace BackupModule.Tests.Storage.S3;

public sealed class SwiftObjectStoreTests(SwiftServer swift)
    : S3ObjectStoreConformance(swift), IClassFixture<SwiftServer>
{
    protected override bool CanCreate => false;
}
