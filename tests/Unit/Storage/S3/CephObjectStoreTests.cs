using BackupModule.Tests.Servers;
using Xunit;

namespace BackupModule.Tests.Storage.S3;

public sealed class CephObjectStoreTests(CephServer ceph) : S3ObjectStoreConformance(ceph), IClassFixture<CephServer>;
