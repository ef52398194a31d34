namespace BackupModule.Core.Storage.Gcs;

/// <summary>Where a resumable upload stands.</summary>
internal enum GcsUploadStep
{
    /// <summary>The server waits for more.</summary>
    Incomplete,

    /// <summary>The object is stored.</summary>
    Complete,

    /// <summary>There is an object already, and it stays.</summary>
    Exists,

    /// <summary>The server no longer knows the session.</summary>
    Lost,

    /// <summary>The server refuses the content.</summary>
    Refused,

    /// <summary>The request failed for reasons of the moment; how far it came is not known.</summary>
    Interrupted,
}
