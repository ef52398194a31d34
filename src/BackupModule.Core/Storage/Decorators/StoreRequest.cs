namespace BackupModule.Core.Storage.Decorators;

/// <summary>Kinds of requests that providers price differently.</summary>
public enum StoreRequest
{
    /// <summary>Storing an object.</summary>
    Put,

    /// <summary>Reading an object or a range of it.</summary>
    Get,

    /// <summary>Asking for an object's size.</summary>
    Head,

    /// <summary>One page of a listing.</summary>
    List,

    /// <summary>Deleting an object.</summary>
    Delete,

    /// <summary>Asking an archive for an object.</summary>
    Thaw,
}
