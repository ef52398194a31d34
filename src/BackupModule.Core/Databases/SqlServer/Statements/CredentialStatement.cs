using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.SqlServer.Statements;

/// <summary>The statement that lets a server of 2022 or later write into a bucket. Its text has the secret in it: never to be
/// logged or kept.</summary>
internal static class CredentialStatement
{
    /// <summary>Makes the credential for everything below an address.</summary>
    /// <param name="address">As <c>s3://host:9000/bucket</c>; the server takes it for the name.</param>
    /// <param name="accessKey">The access key; without a colon.</param>
    /// <param name="secretKey">The secret key.</param>
    /// <exception cref="BackupException"><c>InvalidArgument</c>.</exception>
    public static string CreateForBucket(string address, string accessKey, string secretKey)
    {
        if (accessKey.Contains(':', System.StringComparison.Ordinal))
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument, "An access key with a colon cannot be told from its secret by the server.");
        }

        return $"CREATE CREDENTIAL {TransactSql.Name(BackupDevice.Bucket(address).Address.TrimEnd('/'))} "
            + $"WITH IDENTITY = 'S3 Access Key', SECRET = {TransactSql.Text($"{accessKey}:{secretKey}")};";
    }
}
